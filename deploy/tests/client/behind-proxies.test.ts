import { randomUUID } from 'node:crypto';
import { createClient, type ParleyClient, type Session } from '@parley/client';
import { freePort } from '@parley/servers';
import { eventually, temporaryFolder } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { borrowEmbeddedTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { type ProxyOptions, startProxy, type TestProxy } from './proxy.ts';
import { parley, run } from './terminal.ts';

const password = 'correct horse';
let target: Target;
const proxies: TestProxy[] = [];
const sessions: Session[] = [];
beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
  for (const proxy of proxies.splice(0)) proxy.close();
});
afterAll(() => target?.stop());

const behind = async (options: ProxyOptions) => {
  const proxy = await startProxy(target.url, options);
  proxies.push(proxy);
  return proxy;
};
const someone = async (url: string): Promise<ParleyClient> => {
  const client = createClient({ url });
  const username = `ada-${randomUUID().slice(0, 8)}`;
  await client.register({ username, email: `${username}@example.org`, password });
  return client;
};
/** Sends a message to a new room, and waits until it comes back. */
async function talk(client: ParleyClient): Promise<void> {
  const { id } = await client.createRoom({ name: 'garden' });
  const session = client.connect();
  sessions.push(session);
  const received: string[] = [];
  session.on('message', ({ content }) => received.push(content));
  await session.join(id);
  await session.send(id, 'Hello');
  await eventually(() => expect(received).toEqual(['Hello']));
}
/** Registers, creates a room and sends a message. Gives the address only once. */
async function talkInTerminal(url: string): Promise<void> {
  const env = { PARLEY_CONFIG_DIR: temporaryFolder(), PARLEY_PASSWORD: password };
  const name = `bob-${randomUUID().slice(0, 8)}`;
  const registered = await run(['register', name, '--email', `${name}@example.org`, '--url', url], env);
  expect(registered).toMatchObject({ code: 0, stdout: [`Logged in as ${name}.`] });
  expect(await run(['create', name], env)).toMatchObject({ code: 0 });
  const terminal = parley(['room', name, '--json'], env);
  await terminal.untilReady();
  terminal.type('Hello');
  terminal.end();
  expect(await terminal.exit).toMatchObject({ code: 0, stderr: '' });
  expect(terminal.printed('sent')).toHaveLength(1);
}
const sockets = ({ forwarded }: TestProxy) => forwarded.filter((line) => line.includes('/socket.io/'));

test('the SDK uses REST and WebSocket under a path prefix that a proxy strips', async () => {
  const proxy = await behind({ prefix: '/chat' });
  for (const url of [
    proxy.url,
    `${proxy.url}/`,
    proxy.url.replace('http:', 'ws:'),
    proxy.url.replace('http://', ''),
  ]) {
    await talk(await someone(url));
  }
  expect(sockets(proxy).every((line) => line.startsWith('WS '))).toBe(true);
});

test('the command line works under a path prefix, and remembers the whole address', async () => {
  const proxy = await behind({ prefix: '/team/chat' });
  await talkInTerminal(`${proxy.url}/`);
  // The error for a missing prefix names the likely mistake.
  const { origin } = new URL(proxy.url);
  expect(
    await run(['login', 'bob', '--url', origin], {
      PARLEY_CONFIG_DIR: temporaryFolder(),
      PARLEY_PASSWORD: password,
    }),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      new RegExp(
        '^parley: \\S+ answered 404, but not as Parley does\\. ' +
          'Check the address and its path prefix\\..*--url.*\\n$',
      ),
    ),
  });
});

test('SDK and command line work under a kept prefix (PUBLIC_PATH), and without a proxy', async () => {
  const prefixed = await startEmbeddedTarget({ env: { PUBLIC_PATH: '/chat' } });
  const { origin } = new URL(prefixed.url);
  const proxy = await startProxy(origin, { prefix: '/chat', strips: false });
  proxies.push(proxy);
  for (const url of [proxy.url, `${origin}/chat`]) await talk(await someone(url));
  await talkInTerminal(proxy.url);
  await prefixed.stop();
});

test('the SDK falls back to long polling where WebSockets are refused', async () => {
  const proxy = await behind({ prefix: '/chat', webSockets: 'refuse' });
  await talk(await someone(proxy.url));
  expect(sockets(proxy).length).toBeGreaterThan(2);
});

test('the SDK falls back to long polling where WebSockets get no response', async () => {
  const proxy = await behind({ webSockets: 'swallow' });
  await talk(await someone(proxy.url));
  expect(sockets(proxy).length).toBeGreaterThan(2);
});

test('the error for an unreachable server, or one that is not Parley, says what to check', async () => {
  const proxy = await behind({ prefix: '/chat' });
  const { origin } = new URL(proxy.url);
  // The second is Parley itself, at a path that it does not serve.
  for (const url of [origin, `${target.url}/chat`])
    await expect(createClient({ url }).ping()).rejects.toMatchObject({
      code: 'not_parley',
      retryable: false,
    });
  // Nothing has ever listened there, so no earlier connection can be reset instead.
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const advice = 'Check the address, and that Parley is running there.';
  await expect(createClient({ url: nowhere }).ping()).rejects.toMatchObject({
    code: 'network',
    message: `${nowhere} does not respond (ECONNREFUSED). ${advice}`,
  });
  expect(() => createClient({ url: 'ftp://host' })).toThrow(expect.objectContaining({ code: 'invalid_url' }));
});

test('a session that cannot connect reports the reason and what to check', async () => {
  const proxy = await behind({});
  const client = await someone(proxy.url);
  const { id } = await client.createRoom({ name: 'garden' });
  proxy.close();
  const session = client.connect();
  sessions.push(session);
  const offline = new Promise((resolve) =>
    session.on('connection', (event) => event.state === 'offline' && resolve(event)),
  );
  expect(await offline).toMatchObject({
    reason: 'network',
    message: expect.stringMatching(
      /^No connection to http:\S+ \(.+\)\. Check the address, and that Parley is running there\.$/,
    ),
  });
  await expect(session.send(id, 'Hello', { deadlineMs: 200 })).rejects.toThrow(/No connection to http:/);
});

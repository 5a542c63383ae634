import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, connected, type Gateway, person, World, waitFor } from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterAll(() => world.stop());

const transportSets = [['polling'], ['polling', 'websocket']];

async function connect(to: Gateway, options: object, ttlMs?: number): Promise<Client> {
  const client = world.client(to.url, {
    auth: { token: world.auth.token(person('ada'), ttlMs) },
    ...options,
  });
  await connected(client.socket);
  return client;
}

/** When and why the client's connection ended, and whether it will reconnect. */
const endOf = ({ socket }: Client) =>
  new Promise<{ at: number; reason: string; active: boolean }>((resolve) =>
    socket.once('disconnect', (reason) => resolve({ at: performance.now(), reason, active: socket.active })),
  );

test.each(transportSets.map((transports) => ({ transports })))(
  'a drain warns clients of $transports and closes them over the window; they reconnect',
  async ({ transports }) => {
    const leaving = await world.gateway({ DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' });
    const clients: Client[] = [];
    for (let count = 0; count < 10; count++)
      clients.push(await connect(leaving, { transports, reconnection: true }));
    const ends = Promise.all(clients.map(endOf));
    const since = performance.now();
    const stopping = leaving.stop();
    await Promise.all(clients.map((client) => waitFor(client, 'server_draining', 1, 2_000)));
    const ended = await ends;
    expect(new Set(ended.map(({ reason, active }) => `${reason}, ${active}`))).toEqual(
      new Set(['transport close, true']),
    );
    const times = ended.map(({ at }) => at - since);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_000);
    expect(clients.flatMap((client) => client.received('error'))).toEqual([]);
    for (const { socket } of clients) socket.disconnect();
    await stopping;
  },
);

test('a session polled through another gateway is warned and closed when its owner drains', async () => {
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '5s' });
  const client = await openPolling(leaving, world.auth.token(person('ada')), { through: gateway });
  const stopping = leaving.stop();
  let answers = '';
  await eventually(async () => {
    answers += await client.poll();
    expect(answers).toContain('server_draining');
    // Engine.IO's close packet.
    expect(answers.split('\x1e').at(-1)).toMatch(/1$/);
  });
  await stopping;
  expect(await client.poll()).toContain('Session ID unknown');
});

test('a polling client whose session is revoked is informed, and does not reconnect', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const client = world.client(gateway.url, {
    transports: ['polling'],
    reconnection: true,
    auth: { token: world.auth.token({ ...ada, sessionId }) },
  });
  await connected(client.socket);
  const end = endOf(client);
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.publish('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  expect(await end).toMatchObject({ reason: 'io server disconnect', active: false });
  expect(client.received('error')).toMatchObject([{ code: 'session_revoked' }]);
});

test('a polling client is informed and closed when its token expires', async () => {
  const client = await connect(gateway, { transports: ['polling'], reconnection: true }, 1_500);
  expect(await endOf(client)).toMatchObject({ reason: 'io server disconnect', active: false });
  expect(client.received('error')).toMatchObject([{ code: 'token_expired' }]);
});

test('a request that is too long ends only the polling client that sent it', async () => {
  const [huge, other] = [
    await connect(gateway, { transports: ['polling'] }),
    await connect(gateway, { transports: ['polling'] }),
  ];
  const end = endOf(huge);
  huge.send('send_message', { content: 'x'.repeat(300_000) });
  expect((await end).reason).toBe('transport error');
  expect(await other.ask('get_room_users', { roomId: newId() })).toMatchObject({ ok: false });
});

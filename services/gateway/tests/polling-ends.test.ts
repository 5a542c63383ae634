import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Client, connected, type Gateway, hears, person, World } from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterAll(() => world.stop());

const manners = [['polling'], ['polling', 'websocket']];

async function connect(to: Gateway, options: object, ttlMs?: number): Promise<Client> {
  const client = world.client(to.url, {
    auth: { token: world.auth.token(person('ada'), ttlMs) },
    ...options,
  });
  await connected(client.socket);
  return client;
}

/** When it ended, how it says that it did, and whether it may come back by itself. */
const endOf = ({ socket }: Client) =>
  new Promise<{ at: number; reason: string; active: boolean }>((resolve) =>
    socket.once('disconnect', (reason) => resolve({ at: performance.now(), reason, active: socket.active })),
  );

test.each(manners.map((transports) => ({ transports })))(
  'a draining gateway tells clients of $transports, ends them spread over the window, and they may come back by themselves',
  async ({ transports }) => {
    const leaving = await world.gateway({ DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' });
    const clients: Client[] = [];
    for (let count = 0; count < 10; count++)
      clients.push(await connect(leaving, { transports, reconnection: true }));
    const ends = Promise.all(clients.map(endOf));
    const since = performance.now();
    const stopping = leaving.stop();
    await Promise.all(clients.map((client) => hears(client, 'server_draining', 1, 2_000)));
    const ended = await ends;
    expect(new Set(ended.map(({ reason, active }) => `${reason}, ${active}`))).toEqual(
      new Set(['transport close, true']),
    );
    const times = ended.map(({ at }) => at - since);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_000);
    expect(clients.flatMap((client) => client.heard('error'))).toEqual([]);
    for (const { socket } of clients) socket.disconnect();
    await stopping;
  },
);

test('a session that is polled through another gateway is told, and closed calmly, when its own gateway drains', async () => {
  const leaving = await world.gateway({ DRAIN_WINDOW: '0s', SHUTDOWN_TIMEOUT: '5s' });
  const client = await openPolling(leaving, world.auth.token(person('ada')), { through: gateway });
  const stopping = leaving.stop();
  let answers = '';
  await eventually(async () => {
    answers += await client.poll();
    expect(answers).toContain('server_draining');
    // Engine.IO's packet that closes.
    expect(answers.split('\x1e').at(-1)).toMatch(/1$/);
  });
  await stopping;
  expect(await client.poll()).toContain('Session ID unknown');
});

test('a polling client whose session is revoked is told, and does not come back by itself', async () => {
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
  await world.tell('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  expect(await end).toMatchObject({ reason: 'io server disconnect', active: false });
  expect(client.heard('error')).toMatchObject([{ code: 'session_revoked' }]);
});

test('a polling client ends with its token, and is told', async () => {
  const client = await connect(gateway, { transports: ['polling'], reconnection: true }, 1_500);
  expect(await endOf(client)).toMatchObject({ reason: 'io server disconnect', active: false });
  expect(client.heard('error')).toMatchObject([{ code: 'token_expired' }]);
});

test('a request that is too long ends the polling client that sent it, and no other', async () => {
  const [huge, other] = [
    await connect(gateway, { transports: ['polling'] }),
    await connect(gateway, { transports: ['polling'] }),
  ];
  const end = endOf(huge);
  huge.say('send_message', { content: 'x'.repeat(300_000) });
  expect((await end).reason).toBe('transport error');
  expect(await other.ask('get_room_users', { roomId: newId() })).toMatchObject({ ok: false });
});

import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, type Gateway, hears, metric, person, World } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({
    MAX_CONNECTIONS_PER_USER: '3',
    MAX_ROOMS_PER_CONNECTION: '2',
    SOCKET_EVENT_RATE: '20/m',
  });
});
afterAll(() => world.stop());

test('the token comes in `auth`, in the header, or in the query', async () => {
  const token = world.auth.token(person('ada'));
  const ways = [
    { auth: { token } },
    { extraHeaders: { authorization: `Bearer ${token}` } },
    { query: { token } },
  ];
  for (const way of ways) {
    const { socket } = world.client(gateway.url, way);
    await connected(socket);
    socket.disconnect();
  }
});

test('without a good token nobody gets in, and the error says why and whether to try again', async () => {
  const good = world.auth.token(person('ada'));
  const refused: [object, string][] = [
    [{}, 'unauthenticated'],
    [{ auth: { token: 'nonsense' } }, 'unauthenticated'],
    [{ auth: { token: { toString: 1 } } }, 'unauthenticated'],
    [{ auth: { token: `${good}x` } }, 'unauthenticated'],
    [{ auth: { token: 'x'.repeat(20_000) } }, 'unauthenticated'],
    [{ auth: { token: world.auth.token(person('late'), -1_000) } }, 'token_expired'],
  ];
  for (const [options, code] of refused) {
    const failure = await connected(world.client(gateway.url, options).socket).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ data: { code, message: expect.any(String), retryable: false } });
  }
  expect(await metric(gateway, 'gateway_connections')).toBe(0);
});

test('a revoked session is told and closed, its other connections too; other sessions stay', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const closing = [
    await world.connect(gateway, ada, { sessionId }),
    await world.connect(gateway, ada, { sessionId }),
  ];
  const staying = await world.connect(gateway, ada);
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.tell('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  for (const client of closing) {
    await eventually(() => expect(client.socket.connected).toBe(false), { timeoutMs: 1_000 });
    expect(client.heard('error')).toEqual([
      { code: 'session_revoked', type: 'SESSION_REVOKED', message: expect.any(String), retryable: false },
    ]);
  }
  expect(staying.socket.connected).toBe(true);
  await expect(world.connect(gateway, ada, { sessionId })).rejects.toMatchObject({
    data: { code: 'session_revoked' },
  });
});

test('a connection that is given a new token of its session outlives the old one; nobody else’s token will do', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const client = await world.connect(gateway, ada, { sessionId, ttlMs: 1_500 });
  const doomed = await world.connect(gateway, ada, { sessionId, ttlMs: 1_500 });
  const others = [
    world.auth.token(person('eve')),
    world.auth.token(ada),
    world.auth.token({ ...ada, sessionId }, -1_000),
    'nonsense',
  ];
  const codes: string[] = [];
  for (const token of others) codes.push((await client.ask('refresh_token', { token })).error.code);
  expect(codes).toEqual(['identity_mismatch', 'identity_mismatch', 'token_expired', 'unauthenticated']);
  const { expiresAt } = await client.emit('refresh_token', {
    token: world.auth.token({ ...ada, sessionId }, 60_000),
  });
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 50_000);
  await eventually(() => expect(doomed.socket.connected).toBe(false));
  expect(client.socket.connected).toBe(true);
  expect(client.heard('error')).toEqual([]);
});

test('a connection ends with its token, and says so', async () => {
  const client = await world.connect(gateway, person('ada'), { ttlMs: 1_000 });
  await eventually(() => expect(client.socket.connected).toBe(false));
  expect(client.heard('error')).toMatchObject([{ code: 'token_expired', type: 'TOKEN_EXPIRED' }]);
});

test('who has a token that is about to expire is told so, once for each token, and at once where it has no longer to live', async () => {
  const warning = await world.gateway({ TOKEN_WARNING: '2s' });
  const ada = person('ada');
  const sessionId = newId();
  const connectedAt = Date.now();
  const [long, short] = [
    await world.connect(warning, ada, { sessionId, ttlMs: 4_000 }),
    await world.connect(warning, person('bob'), { ttlMs: 1_500 }),
  ];
  const [told] = await hears(short, 'token_expiring', 1, 1_000);
  expect(Date.parse(told.expiresAt) - connectedAt).toBeLessThanOrEqual(2_500);
  expect(long.heard('token_expiring')).toEqual([]);
  await hears(long, 'token_expiring', 1);
  expect(Date.now() - connectedAt).toBeGreaterThan(900);
  expect(long.heard('error')).toEqual([]);
  await long.emit('refresh_token', { token: world.auth.token({ ...ada, sessionId }, 60_000) });
  await eventually(() => expect(short.socket.connected).toBe(false));
  expect([long, short].map((client) => client.heard('token_expiring').length)).toEqual([1, 1]);
  expect(short.heard('error')).toMatchObject([{ code: 'token_expired' }]);
  expect(long.socket.connected).toBe(true);
});

test('connections per user are bounded, and those that have gone do not count', async () => {
  const ada = person('ada');
  const clients = [
    await world.connect(gateway, ada),
    await world.connect(gateway, ada),
    await world.connect(gateway, ada),
  ];
  await expect(world.connect(gateway, ada)).rejects.toMatchObject({
    data: { code: 'limit_reached', setting: 'MAX_CONNECTIONS_PER_USER' },
  });
  await world.connect(gateway, person('bob'));
  clients[0]?.socket.disconnect();
  await eventually(() => world.connect(gateway, ada));
});

test('rooms per connection are bounded, and those that were left do not count', async () => {
  const ada = person('ada');
  const [one, two, three] = [await world.room([ada]), await world.room([ada]), await world.room([ada])];
  const client = await world.join(gateway, ada, one);
  await client.emit('join_room', { roomId: two.id });
  await client.emit('join_room', { roomId: two.id });
  expect(await client.ask('join_room', { roomId: three.id })).toMatchObject({
    ok: false,
    error: { code: 'limit_reached', limit: '2 rooms per connection', setting: 'MAX_ROOMS_PER_CONNECTION' },
  });
  await client.emit('leave_room', { roomId: one.id });
  await client.emit('join_room', { roomId: three.id });
});

test('too many events are refused with the time to wait, on that connection alone, which stays', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const [flooding, other] = [await world.join(gateway, ada, room), await world.join(gateway, ada, room)];
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => flooding.ask('typing', { roomId: room.id })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(19);
  const limit = { limit: '20 per minute and connection', setting: 'SOCKET_EVENT_RATE' };
  const refusal = { code: 'rate_limit', retryable: true, retryAfterMs: expect.any(Number), ...limit };
  expect(answers.at(-1)).toMatchObject({ ok: false, error: refusal });
  expect(await other.ask('typing', { roomId: room.id })).toMatchObject({ ok: true });
  expect(flooding.socket.connected).toBe(true);
});

test('a frame beyond the limit ends the connection that sent it, and no other', async () => {
  const ada = person('ada');
  const [huge, other] = [await world.connect(gateway, ada), await world.connect(gateway, ada)];
  huge.say('send_message', { content: 'x'.repeat(300_000) });
  await eventually(() => expect(huge.socket.connected).toBe(false));
  expect(other.socket.connected).toBe(true);
});

test('a stopping gateway sends its clients away to come back elsewhere, and lets nobody in', async () => {
  const leaving = await world.gateway();
  const client = await world.connect(leaving, person('ada'));
  const reason = new Promise((resolve) => client.socket.once('disconnect', resolve));
  await leaving.stop();
  // A client that the server has disconnected by name would not reconnect by itself.
  expect(await reason).toBe('transport close');
});

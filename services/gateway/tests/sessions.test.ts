import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connected, type Gateway, metric, person, World, waitFor } from './gateway-harness.ts';

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

test('the token is accepted in `auth`, in the header, and in the query', async () => {
  const token = world.auth.token(person('ada'));
  const options = [
    { auth: { token } },
    { extraHeaders: { authorization: `Bearer ${token}` } },
    { query: { token } },
  ];
  for (const option of options) {
    const { socket } = world.client(gateway.url, option);
    await connected(socket);
    socket.disconnect();
  }
});

test('without a valid token a client is refused, and the error says why and whether to retry', async () => {
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

test("a client that states another user's id, or no id at all, is refused", async () => {
  for (const userId of ['someone', 7, [], {}, { toString: 1 }]) {
    const auth = { token: world.auth.token(person('ada')), userId };
    await expect(connected(world.client(gateway.url, { auth }).socket)).rejects.toMatchObject({
      data: { code: 'identity_mismatch' },
    });
  }
});

test('all connections of a revoked session are informed and closed; other sessions stay', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const closing = [
    await world.connect(gateway, ada, { sessionId }),
    await world.connect(gateway, ada, { sessionId }),
  ];
  const staying = await world.connect(gateway, ada);
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.publish('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  for (const client of closing) {
    await eventually(() => expect(client.socket.connected).toBe(false), { timeoutMs: 1_000 });
    expect(client.received('error')).toEqual([
      { code: 'session_revoked', type: 'SESSION_REVOKED', message: expect.any(String), retryable: false },
    ]);
  }
  expect(staying.socket.connected).toBe(true);
  await expect(world.connect(gateway, ada, { sessionId })).rejects.toMatchObject({
    data: { code: 'session_revoked' },
  });
});

test('a new token of the same session extends a connection; other tokens are refused', async () => {
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
  expect(client.received('error')).toEqual([]);
});

test('a connection is informed and closed when its token expires', async () => {
  const client = await world.connect(gateway, person('ada'), { ttlMs: 1_000 });
  await eventually(() => expect(client.socket.connected).toBe(false));
  expect(client.received('error')).toMatchObject([{ code: 'token_expired', type: 'TOKEN_EXPIRED' }]);
});

test('a connection is warned once per token, or at once if it expires sooner', async () => {
  const warning = await world.gateway({ TOKEN_WARNING: '2s' });
  const ada = person('ada');
  const sessionId = newId();
  const connectedAt = Date.now();
  const [long, short] = [
    await world.connect(warning, ada, { sessionId, ttlMs: 4_000 }),
    await world.connect(warning, person('bob'), { ttlMs: 1_500 }),
  ];
  const [warned] = await waitFor(short, 'token_expiring', 1, 1_000);
  expect(Date.parse(warned.expiresAt) - connectedAt).toBeLessThanOrEqual(2_500);
  expect(long.received('token_expiring')).toEqual([]);
  await waitFor(long, 'token_expiring', 1);
  expect(Date.now() - connectedAt).toBeGreaterThan(900);
  expect(long.received('error')).toEqual([]);
  await long.emit('refresh_token', { token: world.auth.token({ ...ada, sessionId }, 60_000) });
  await eventually(() => expect(short.socket.connected).toBe(false));
  expect([long, short].map((client) => client.received('token_expiring').length)).toEqual([1, 1]);
  expect(short.received('error')).toMatchObject([{ code: 'token_expired' }]);
  expect(long.socket.connected).toBe(true);
});

test('connections per user are limited, and closed ones do not count', async () => {
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

test('a full gateway refuses further connections, over every transport, until one has closed', async () => {
  const full = await world.gateway({ MAX_CONNECTIONS: '2' });
  const [first] = [await world.connect(full, person('ada')), await world.connect(full, person('bob'))];
  const eve = person('eve');
  await expect(world.connect(full, eve)).rejects.toMatchObject({
    data: { code: 'unavailable', retryable: true, retryAfterMs: 1_000 },
  });
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const headers = { ...upgrade, 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
  const asked = get(`${full.url}/ws?token=${world.auth.token(eve)}`, { headers });
  const [refused] = (await once(asked, 'response')) as [IncomingMessage];
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  refused.resume();
  first?.socket.disconnect();
  await eventually(() => world.connect(full, eve));
});

test('rooms per connection are limited, and left ones do not count', async () => {
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

test('events beyond the rate are refused with the time to wait, per connection', async () => {
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

test('a frame that is too long ends only the connection that sent it', async () => {
  const ada = person('ada');
  const [huge, other] = [await world.connect(gateway, ada), await world.connect(gateway, ada)];
  huge.send('send_message', { content: 'x'.repeat(300_000) });
  await eventually(() => expect(huge.socket.connected).toBe(false));
  expect(other.socket.connected).toBe(true);
});

test('a stopping gateway closes its clients so that they reconnect', async () => {
  const leaving = await world.gateway();
  const client = await world.connect(leaving, person('ada'));
  const reason = new Promise((resolve) => client.socket.once('disconnect', resolve));
  await leaving.stop();
  // After a server disconnect, socket.io-client would not reconnect.
  expect(await reason).toBe('transport close');
});

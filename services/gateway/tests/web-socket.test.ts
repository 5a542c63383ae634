import { connect } from 'node:net';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { type Gateway, type Json, type Person, person, World, waitFor } from './gateway-harness.ts';

let world: World;
let first: Gateway;
let second: Gateway;
const sockets: WebSocket[] = [];
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(), await world.gateway({ SOCKET_EVENT_RATE: '20/m' })];
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});
afterAll(() => world.stop());

const open = (gateway: Gateway, path: string, protocols: string[] = [], options: ClientOptions = {}) => {
  const socket = new WebSocket(gateway.url.replace('http', 'ws') + path, protocols, options);
  sockets.push(socket);
  return socket;
};

interface Wire {
  socket: WebSocket;
  received: Json[];
  send(frame: object): void;
  named(event: string): Json[];
}

async function wire(
  gateway: Gateway,
  who: Person,
  options: { path?: string; sessionId?: string; ttlMs?: number } = {},
): Promise<Wire> {
  const { path = '/', sessionId, ttlMs } = options;
  const token = world.auth.token({ ...who, contract: 'rooms', ...(sessionId && { sessionId }) }, ttlMs);
  const socket = open(gateway, path, [], { headers: { authorization: `Bearer ${token}` } });
  const received: Json[] = [];
  socket.on('message', (raw) => received.push(JSON.parse(String(raw))));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    received,
    send: (frame) => socket.send(JSON.stringify(frame)),
    named: (event) => received.filter((frame) => frame.event === event).map(({ data }) => data),
  };
}

/** The status and the problem's code. */
const refusal = (socket: WebSocket): Promise<[number | undefined, string]> =>
  new Promise((resolve, reject) => {
    socket.on('error', () => undefined);
    socket.once('open', () => reject(new Error('let in')));
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve([response.statusCode, JSON.parse(body).code]));
    });
  });
const closed = (socket: WebSocket): Promise<[number, string]> =>
  new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])));

test('upgrades answer 401 without a valid token and 404 elsewhere; Socket.IO keeps its path', async () => {
  const token = world.auth.token(person('ada'));
  expect(await refusal(open(first, '/'))).toEqual([401, 'unauthenticated']);
  expect(await refusal(open(first, '/ws?token=nonsense'))).toEqual([401, 'unauthenticated']);
  expect(await refusal(open(first, `/ws?token=${world.auth.token(person('late'), -1_000)}`))).toEqual([
    401,
    'token_expired',
  ]);
  expect(await refusal(open(first, `/elsewhere?token=${token}`))).toEqual([404, 'not_found']);
  expect(await refusal(open(first, `//?token=${token}`))).toEqual([404, 'not_found']);
  expect(await refusal(open(first, `/socket.io?token=${token}`))).toEqual([404, 'not_found']);
  expect((await world.connect(first, person('bob'))).socket.connected).toBe(true);
});

test('the token is accepted in the header, in the query, and as a sub-protocol', async () => {
  const token = world.auth.token(person('ada'));
  const opened = [
    open(first, '/', [], { headers: { authorization: `Bearer ${token}` } }),
    open(first, `/ws?token=${token}`),
    open(first, '/ws', ['bearer', token]),
  ];
  await Promise.all(
    opened.map(
      (socket) => new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)),
    ),
  );
  expect(opened.map(({ protocol }) => protocol)).toEqual(['', '', 'bearer']);
});

test('plain WebSockets and Socket.IO share rooms: messages, typing and presence', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const [plain, bobs] = [
    await wire(first, ada, { path: '/ws?style=camelCase' }),
    await world.join(second, bob, room),
  ];
  plain.send({ event: 'joinConversation', data: room.id, id: 1 });
  await eventually(() =>
    expect(plain.received).toContainEqual({ id: 1, ok: true, data: { roomId: room.id, seq: 0 } }),
  );
  plain.send({ event: 'sendMessage', data: { conversation_id: room.id, content: 'Hello.' } });
  plain.send({ event: 'typing', data: { conversationId: room.id, isTyping: true } });
  expect(await waitFor(bobs, 'receive_message', 1)).toMatchObject([
    { ...ada, roomId: room.id, content: 'Hello.' },
  ]);
  expect((await waitFor(bobs, 'user_typing', 1))[0]).toMatchObject({
    ...ada,
    roomId: room.id,
    isTyping: true,
  });
  await bobs.emit('send_message', { roomId: room.id, content: 'Hello, Ada.' });
  await eventually(() =>
    expect(plain.named('newMessage').map(({ content }) => content)).toEqual(['Hello.', 'Hello, Ada.']),
  );
  await eventually(async () => {
    const { users } = await bobs.emit('get_room_users', { roomId: room.id });
    expect(users).toContainEqual({ ...ada, isOnline: true });
  });
});

test('an invalid frame is answered by an error and counts as an event; the connection stays', async () => {
  const ada = await wire(second, person('ada'));
  for (let count = 0; count < 30; count++) ada.socket.send(count % 2 ? 'no json' : Buffer.from('binary'));
  await eventually(() => expect(ada.named('error')).toHaveLength(30));
  const codes = new Set(ada.named('error').map(({ code }) => code));
  expect([...codes]).toEqual(['malformed_request', 'rate_limit']);
  expect(ada.socket.readyState).toBe(WebSocket.OPEN);
});

test('a frame that is too long ends only its connection', async () => {
  const [ada, bob] = [await wire(first, person('ada')), await wire(first, person('bob'))];
  const ending = closed(ada.socket);
  ada.socket.send('x'.repeat(300_000));
  expect((await ending)[0]).toBe(1009);
  bob.send({ event: 'join_room', data: { roomId: newId() }, id: 'still here' });
  await eventually(() =>
    expect(bob.received).toMatchObject([{ id: 'still here', ok: false, error: { code: 'room_not_found' } }]),
  );
});

test('another user’s id is refused in any field', async () => {
  const ada = person('ada');
  const room = await world.room([ada]);
  const plain = await wire(first, ada);
  const forged: [string, unknown][] = [
    ['joinRoom', { roomId: room.id, userId: newId() }],
    ['sendMessage', { roomId: room.id, userId: newId(), content: 'x' }],
    ['sendMessage', { roomId: room.id, userId: { toString: 'x' }, content: 'x' }],
  ];
  for (const [event, data] of forged) plain.send({ event, data });
  await eventually(() =>
    expect(plain.named('error').map(({ code }) => code)).toEqual(forged.map(() => 'identity_mismatch')),
  );
  expect(world.writer.timeline(room.id)).toEqual([]);
});

test('a revoked session and an expired token close it with an event and a code', async () => {
  const ada = person('ada');
  const sessionId = newId();
  const [revoked, expired] = [
    await wire(first, ada, { sessionId }),
    await wire(first, ada, { ttlMs: 1_000 }),
  ];
  const ends = [closed(revoked.socket), closed(expired.socket)];
  const until = new Date(Date.now() + 60_000).toISOString();
  await world.publish('session.revoked', { userId: ada.userId, sessionId, reason: 'logout', until });
  expect(await Promise.all(ends)).toEqual([
    [4001, 'session_revoked'],
    [4002, 'token_expired'],
  ]);
  expect(revoked.named('error')).toMatchObject([{ code: 'session_revoked' }]);
});

test('a message to a user goes to their direct room: confirmed here, received elsewhere', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const devices = await Promise.all([
    wire(first, ada),
    wire(first, ada, { path: '/?style=snake_case' }),
    wire(second, bob, { path: '/ws?style=kebab-case' }),
  ]);
  const [phone, laptop, bobs] = devices as [Wire, Wire, Wire];
  phone.send({ event: 'send_message', data: { receiver_id: bob.userId, content: 'psst', client_id: 'c-1' } });
  const message = { sender_id: ada.userId, receiver_id: bob.userId, content: 'psst' };
  await eventually(() => {
    expect(phone.named('message_sent')).toMatchObject([{ ...message, client_id: 'c-1', seq: 1 }]);
    expect(laptop.named('receive_message')).toMatchObject([{ ...message, created_at: expect.any(String) }]);
    expect(bobs.named('receive-message')).toMatchObject([{ ...message, is_group: false, seq: 1 }]);
  });
  expect(phone.named('receive_message')).toEqual([]);
});

test('a draining gateway closes its plain WebSockets and answers 503 to new ones', async () => {
  const gateway = await world.gateway();
  const ada = await wire(gateway, person('ada'));
  // A request started before the drain and completed during it.
  const late = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  const answered = new Promise<string>((resolve) =>
    late.once('data', (data) => resolve(String(data).slice(0, 12))),
  );
  await new Promise((resolve) => late.write('GET / HTTP/1.1\r\nHost: gateway\r\n', resolve));
  const other = await wire(gateway, person('bob'));
  const endings = [closed(ada.socket), closed(other.socket)];
  const stopping = gateway.stop();
  for (const ending of endings) expect(await ending).toEqual([1012, 'draining']);
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  late.write(`Connection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`);
  expect(await answered).toBe('HTTP/1.1 503');
  await stopping;
});

test('a silent connection stays while it answers pings, and is closed otherwise', async () => {
  const pingEveryMs = 500;
  const gateway = await world.gateway({ PING_INTERVAL: `${pingEveryMs}ms` });
  // They connect at every moment between two pings.
  const listeners: WebSocket[] = [];
  const ended: WebSocket[] = [];
  for (let count = 0; count < 20; count++) {
    const { socket } = await wire(gateway, person(`listener-${count}`));
    listeners.push(socket);
    socket.once('close', () => ended.push(socket));
    const next = performance.now() + pingEveryMs / 10;
    await eventually(() => expect(performance.now()).toBeGreaterThan(next));
  }
  const deaf = open(gateway, '/', [], {
    headers: { authorization: `Bearer ${world.auth.token(person('deaf'))}` },
    autoPong: false,
  });
  await new Promise((resolve) => deaf.once('open', resolve));
  expect((await closed(deaf))[0]).toBe(1006);
  expect(ended).toEqual([]);
  await gateway.stop();
});

test('a client that keeps sending and answers no ping is closed', async () => {
  const gateway = await world.gateway({ PING_INTERVAL: '500ms' });
  const talker = open(gateway, '/', [], {
    headers: { authorization: `Bearer ${world.auth.token(person('talker'))}` },
    autoPong: false,
  });
  const ended = closed(talker);
  await new Promise((resolve) => talker.once('open', resolve));
  const talking = setInterval(() => talker.send('{"event":"get_online_users","data":{}}'), 50);
  talker.once('close', () => clearInterval(talking));
  expect((await ended)[0]).toBe(1006);
  await gateway.stop();
});

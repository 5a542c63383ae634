import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@parley/servers';
import { eventually, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { newGatewayId, newSessionId } from '../src/transports/forwarding/session-id.ts';
import { type Gateway, metric, person, World, waitFor } from './gateway-harness.ts';
import { openPolling, pollingPath } from './polling-client.ts';

let world: World;
let owner: Gateway;
let other: Gateway;
let redis: Redis;
beforeAll(async () => {
  world = await World.start();
  owner = await world.gateway();
  other = await world.gateway();
  redis = new Redis(testServices().redisUrl);
});
afterAll(async () => {
  await world.stop();
  redis.disconnect();
});

const unknownSession = { code: 1, message: 'Session ID unknown' };

async function outcomes(gateway: Gateway): Promise<Record<string, number>> {
  const found = await gateway.metrics.registry.getSingleMetric('parley_gateway_forwards_total')?.get();
  return Object.fromEntries(
    (found?.values ?? []).map(({ labels, value }) => [`${labels.kind} ${labels.outcome}`, value]),
  );
}

function webSocket(gateway: { url: string }, sid: string): WebSocket {
  const socket = new WebSocket(
    `${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`,
  );
  onTestFinished(() => socket.terminate());
  return socket;
}

/** Upgrades a session through that gateway, as socket.io-client does, while `poll` waits. */
async function upgrade(
  gateway: { url: string },
  { sid, poll }: { sid: string; poll: () => Promise<string> },
) {
  const socket = webSocket(gateway, sid);
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = poll();
  socket.send('2probe');
  await eventually(() => expect(received).toContain('3probe'));
  await waiting;
  socket.send('5');
  // The owner has completed the upgrade once it answers over the WebSocket.
  socket.send('42999["get_room_users",{}]');
  await eventually(() => expect(received.join()).toContain('43999['));
  return { socket, received };
}

/** The status and body of a refused WebSocket. */
function refusedUpgrade(gateway: { url: string }, sid: string): Promise<[number | undefined, string]> {
  const socket = webSocket(gateway, sid);
  return new Promise((resolve, reject) => {
    socket.once('open', () => reject(new Error('not refused')));
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('close', () => resolve([response.statusCode, body]));
    });
  });
}

/** Registers a foreign gateway and answers a session id that names it. */
async function registered(port: number, secret = 'a secret'): Promise<string> {
  const id = newGatewayId();
  const keys = `{${world.namespace}:gateways}`;
  await redis.hset(`${keys}:peers`, id, JSON.stringify({ host: '127.0.0.1', port, secret }));
  await redis.zadd(`${keys}:leases`, Date.now() + 60_000, id);
  return newSessionId(id);
}

async function fakeGateway(): Promise<{
  sid: string;
  server: Server;
  received: { url: string; headers: IncomingHttpHeaders }[];
}> {
  const received: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    received.push({ url: request.url ?? '', headers: request.headers });
    response.end('6');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => new Promise<void>((closed) => server.close(() => closed()).closeAllConnections()));
  return { sid: await registered((server.address() as AddressInfo).port), server, received };
}

test('a session can be polled, sent to and upgraded through any gateway', async () => {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  const client = await openPolling(owner, world.auth.token(ada), { through: other });
  await client.ask('join_room', { roomId: room.id });
  const speaker = await world.join(owner, bob, room);
  await speaker.emit('send_message', { roomId: room.id, content: 'by polling' });
  await eventually(async () => expect(await client.poll()).toContain('by polling'));

  const { socket, received } = await upgrade(other, client);
  await speaker.emit('send_message', { roomId: room.id, content: 'by WebSocket' });
  await eventually(() => expect(received.join()).toContain('by WebSocket'));
  socket.send(`427["send_message",${JSON.stringify({ roomId: room.id, content: 'back' })}]`);
  await eventually(() => expect(received.join()).toContain('437[{"ok":true'));
  await waitFor(speaker, 'receive_message', 3);
  expect(await outcomes(other)).toMatchObject({
    'poll done': expect.any(Number),
    'send done': expect.any(Number),
  });
  expect(await metric(other, 'gateway_forwards_in_flight')).toBe(1);
  const before = await metric(owner, 'gateway_connections');
  socket.close();
  await eventually(async () => expect(await outcomes(other)).toMatchObject({ 'upgrade done': 1 }));
  await eventually(async () => expect(await metric(owner, 'gateway_connections')).toBe(before - 1));
  expect(await metric(other, 'gateway_forwards_in_flight')).toBe(0);
});

test('a forwarded WebSocket is closed with the owner’s code', async () => {
  const leaving = await world.gateway();
  const client = await openPolling(leaving, world.auth.token(person('ada')), { through: other });
  const { socket } = await upgrade(other, client);
  const code = new Promise((resolve) => socket.once('close', resolve));
  await leaving.stop();
  expect(await code).toBe(1012);
});

test('the owner refuses a request that is too long with 413', async () => {
  const client = await openPolling(owner, world.auth.token(person('ada')), { through: other });
  expect((await client.send(`4${'x'.repeat(300_000)}`)).status).toBe(413);
});

test('a session whose gateway is gone is unknown, by polling and by WebSocket', async () => {
  const refusing = await registered(await freePort());
  const unregistered = newSessionId(newGatewayId());
  for (const sid of [refusing, unregistered, `${unregistered}x`, 'nonsense']) {
    const polled = await fetch(`${other.url}${pollingPath}&sid=${sid}`);
    expect([polled.status, await polled.json()]).toEqual([400, unknownSession]);
    expect(await refusedUpgrade(other, sid)).toEqual([400, unknownSession.message]);
  }
  expect(await outcomes(other)).toMatchObject({ 'poll gone': 1, 'upgrade gone': 1 });
});

test('the owner receives the client address and a signature, and never forwards again', async () => {
  const { sid, received } = await fakeGateway();
  const url = `${other.url}${pollingPath}&sid=${sid}`;
  await fetch(url, {
    headers: { 'X-Forwarded-For': '203.0.113.7, 198.51.100.1', Origin: 'https://chat.example' },
  });
  expect(received).toMatchObject([
    {
      url: `${pollingPath}&sid=${sid}`,
      headers: {
        'x-forwarded-for': '203.0.113.7, 198.51.100.1',
        origin: 'https://chat.example',
        host: new URL(other.url).host,
        'parley-forward': expect.stringMatching(/^\d{13}\.[\w-]{43}$/),
      },
    },
  ]);
  const again = await fetch(url, {
    headers: { 'Parley-Forward': String(received[0]?.headers['parley-forward']) },
  });
  expect(await again.json()).toEqual(unknownSession);
  expect(received).toHaveLength(1);
});

test.each(['GET', 'DELETE', 'HEAD', 'POST'])(
  'the body of a %s cannot smuggle another request',
  async (method) => {
    const { sid, received } = await fakeGateway();
    const url = `${pollingPath}&sid=${sid}`;
    const headers = { 'Transfer-Encoding': 'chunked' };
    const sent = request(`${other.url}${url}`, { method, headers });
    sent.end('GET /socket.io/?smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n');
    await new Promise((resolve, reject) =>
      sent.once('response', (response) => response.resume().once('end', resolve)).once('error', reject),
    );
    // The same connection, so everything sent before has been received by now.
    await fetch(`${other.url}${url}&next`);
    expect(received.map((one) => one.url)).toEqual([url, `${url}&next`]);
  },
);

test('a forward signature that is forged, old, or of another request is refused', async () => {
  const client = await openPolling(owner, world.auth.token(person('ada')));
  const { sid, received } = await fakeGateway();
  await fetch(`${other.url}${pollingPath}&sid=${sid}`);
  const good = String(received[0]?.headers['parley-forward']);
  for (const signature of [
    '',
    'nonsense',
    `${Date.now()}.`,
    `${Date.now()}.${'A'.repeat(43)}`,
    good,
    good.replace(/^\d/, '0'),
  ]) {
    const refused = await fetch(client.url, {
      headers: { 'Parley-Forward': signature, 'X-Forwarded-For': '203.0.113.7' },
    });
    expect([signature, refused.status]).toEqual([signature, 400]);
  }
  expect((await client.send('40/notifications,{}')).status).toBe(200);
});

test('beyond MAX_FORWARDS in flight, the answer is 503 until one has ended', async () => {
  const bounded = await world.gateway({ MAX_FORWARDS: '1' });
  const client = await openPolling(owner, world.auth.token(person('ada')));
  const url = client.url.replace(owner.url, bounded.url);
  const waiting = fetch(url);
  await eventually(async () => expect(await metric(bounded, 'gateway_forwards_in_flight')).toBe(1));
  const refused = await fetch(url, { method: 'POST', body: '3' });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await refused.json()).toMatchObject({ code: 'unavailable' });
  expect((await refusedUpgrade(bounded, client.sid))[0]).toBe(503);
  await client.send('40/notifications,{}');
  await (await waiting).text();
  await eventually(async () => expect((await fetch(url, { method: 'POST', body: '3' })).status).toBe(200));
  expect(await outcomes(bounded)).toMatchObject({ 'send busy': 1, 'upgrade busy': 1 });
});

test('a client that disconnects during a forwarded request ends its session', async () => {
  const client = await openPolling(owner, world.auth.token(person('ada')), { through: other });
  const before = await metric(owner, 'gateway_connections');
  const leaving = new AbortController();
  const poll = fetch(client.url, { signal: leaving.signal });
  await eventually(async () => expect(await metric(other, 'gateway_forwards_in_flight')).toBe(1));
  leaving.abort();
  await expect(poll).rejects.toThrow();
  // Also in the middle of a request body.
  const talking = await openPolling(owner, world.auth.token(person('bob')), { through: other });
  const post = request(talking.url, { method: 'POST', headers: { 'Content-Length': 1_000 } }).on(
    'error',
    () => undefined,
  );
  post.write('42');
  await eventually(async () => expect(await metric(other, 'gateway_forwards_in_flight')).toBe(1));
  post.destroy();
  await eventually(async () => expect(await metric(owner, 'gateway_connections')).toBe(before - 1));
  expect(await outcomes(other)).toMatchObject({ 'poll abandoned': 1, 'send abandoned': 1 });
  expect(await metric(other, 'gateway_forwards_in_flight')).toBe(0);
});

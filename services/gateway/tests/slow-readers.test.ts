import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Client,
  connected,
  type Gateway,
  type Json,
  metric,
  type Person,
  person,
  World,
  waitFor,
} from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

let world: World;
let gateway: Gateway;
let other: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({ MAX_SEND_BUFFER: '65536' });
  other = await world.gateway();
});
afterAll(() => world.stop());

/**
 * Sends long messages until the gateway has closed that many more connections as slow. Answers the
 * number of messages.
 */
async function sendUntilSlow(speaker: Client, room: RoomState, connections = 1): Promise<number> {
  const before = await metric(gateway, 'gateway_closings_total');
  let sent = 0;
  while ((await metric(gateway, 'gateway_closings_total')) < before + connections && sent < 3_000) {
    const batch = Array.from({ length: 20 }, () =>
      speaker.emit('send_message', { roomId: room.id, content: 'x'.repeat(10_000) }),
    );
    await Promise.all(batch);
    sent += batch.length;
  }
  return sent;
}

async function pair(): Promise<{ ada: Person; bob: Person; room: RoomState; speaker: Client }> {
  const [ada, bob] = [person('ada'), person('bob')];
  const room = await world.room([ada, bob]);
  return { ada, bob, room, speaker: await world.join(gateway, ada, room) };
}

const connections = () => metric(gateway, 'gateway_connections');

async function plain(
  who: Person,
  room: RoomState,
): Promise<{ socket: WebSocket; received: Json[]; ended: Promise<[number, string]> }> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws?token=${world.auth.token(who)}`);
  onTestFinished(() => socket.terminate());
  const received: Json[] = [];
  socket.on('message', (raw) => received.push(JSON.parse(String(raw))));
  const ended = new Promise<[number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ event: 'join_room', data: { roomId: room.id }, id: 1 }));
  await eventually(() => expect(received.some(({ id }) => id === 1)).toBe(true));
  return { socket, received, ended };
}

test('a plain WebSocket that stops reading is terminated as slow; others miss nothing', async () => {
  const { bob, room, speaker } = await pair();
  const { socket } = await plain(bob, room);
  const before = await connections();
  socket.pause();
  const sent = await sendUntilSlow(speaker, room);
  await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 3_000 });
  expect(await waitFor(speaker, 'receive_message', sent)).toHaveLength(sent);
  expect(await metric(gateway, 'gateway_closings_total')).toBe(1);
});

test('a client that resumes reading in time receives the reason and code, and may reconnect', async () => {
  const { bob, room, speaker } = await pair();
  const { socket, received, ended } = await plain(bob, room);
  socket.pause();
  const sent = await sendUntilSlow(speaker, room);
  socket.resume();
  expect(await ended).toEqual([4003, 'slow']);
  expect(received.at(-1)).toMatchObject({
    event: 'error',
    data: { code: 'slow', type: 'SLOW', retryable: true },
  });
  const seqs = received.filter(({ event }) => event === 'receive_message').map(({ data }) => data.seq);
  // No gaps up to the end; the client then asks for the rest.
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(seqs.length).toBeLessThanOrEqual(sent);
  const again = await plain(bob, room);
  expect(again.received.find(({ id }) => id === 1)).toMatchObject({ ok: true, data: { seq: sent } });
});

test('a Socket.IO connection that stops reading is closed as slow and may reconnect', async () => {
  const { bob, room, speaker } = await pair();
  const [stalled, late] = [await world.join(gateway, bob, room), await world.join(gateway, bob, room)];
  const before = await connections();
  const endings: string[] = [];
  late.socket.on('disconnect', (reason) => endings.push(reason));
  wireOf(stalled).pause();
  wireOf(late).pause();
  await sendUntilSlow(speaker, room, 2);
  wireOf(late).resume();
  await eventually(async () => expect(await connections()).toBe(before - 2), { timeoutMs: 5_000 });
  await eventually(() => expect(endings).toEqual(['transport close']));
  expect(late.received('error')).toMatchObject([{ code: 'slow', retryable: true }]);
});

/** The WebSocket below a client's connection. */
const wireOf = (client: Client) => (client.socket.io.engine.transport as unknown as { ws: WebSocket }).ws;

/** Joins the room by polling. Everything after the handshake goes through that gateway. */
async function polling(who: Person, room: RoomState, through: Gateway) {
  const client = await openPolling(gateway, world.auth.token(who), { through });
  await client.ask('join_room', { roomId: room.id });
  return client;
}

const ways = [
  { way: 'at its own gateway', through: () => gateway },
  { way: 'through another gateway', through: () => other },
];

test.each(ways)('a polling connection that stops polling $way is closed as slow', async ({ through }) => {
  const { bob, room, speaker } = await pair();
  const { poll } = await polling(bob, room, through());
  const before = await connections();
  // Far less than the network buffers, so nothing of it has left.
  expect(await sendUntilSlow(speaker, room)).toBeLessThanOrEqual(40);
  await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 3_000 });
  expect(await poll()).toContain('Session ID unknown');
});

test.each(ways)(
  'a polling connection that polls $way and does not read is closed as slow',
  async ({ through }) => {
    const { bob, room, speaker } = await pair();
    const { url } = await polling(bob, room, through());
    const before = await connections();
    let over = false;
    const unread: IncomingMessage[] = [];
    const requests: ClientRequest[] = [];
    const endPolls = () => {
      over = true;
      for (const request of requests) request.destroy();
    };
    onTestFinished(endPolls);
    const pollOn = async () => {
      while (!over) {
        await new Promise<void>((resolve) => {
          const request = get(url, { agent: false }, (response) => {
            response.on('error', () => undefined);
            unread.push(response);
            resolve();
          });
          request.on('error', () => resolve());
          requests.push(request);
        });
        if (unread.at(-1)?.statusCode !== 200) return;
      }
    };
    const polls = pollOn();
    await sendUntilSlow(speaker, room);
    over = true;
    await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 5_000 });
    endPolls();
    await polls;
  },
);

test('a client that keeps asking and does not read the answers is closed as slow', async () => {
  const people = Array.from({ length: 1_000 }, (_, index) => person(`person-${index}`));
  const room = await world.room(people);
  const [greedy] = people;
  if (!greedy) throw new Error('the room has members');
  const client = await world.connect(gateway, greedy);
  const before = await metric(gateway, 'gateway_closings_total');
  wireOf(client).pause();
  await eventually(
    async () => {
      for (let count = 0; count < 10; count++)
        client.socket.emit('get_room_users', { roomId: room.id }, () => undefined);
      expect(await metric(gateway, 'gateway_closings_total')).toBe(before + 1);
    },
    { timeoutMs: 25_000, intervalMs: 50 },
  );
  await eventually(async () =>
    expect(
      await connected(world.client(gateway.url, { auth: { token: world.auth.token(greedy) } }).socket),
    ).toBe(undefined),
  );
});

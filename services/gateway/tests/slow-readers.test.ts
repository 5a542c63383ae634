import { get, type IncomingMessage } from 'node:http';
import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Client,
  connected,
  type Gateway,
  hears,
  type Json,
  metric,
  type Person,
  person,
  World,
} from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

let world: World;
let gateway: Gateway;
let other: Gateway;
const closing: (() => void)[] = [];
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({ MAX_SEND_BUFFER: '65536' });
  other = await world.gateway();
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(() => world.stop());

/** Says long things until the gateway has closed so many more connections as slow. Answers how many things it took. */
async function talkUntilSlow(speaker: Client, room: RoomState, connections = 1): Promise<number> {
  const before = await metric(gateway, 'gateway_closings_total');
  let said = 0;
  while ((await metric(gateway, 'gateway_closings_total')) < before + connections && said < 3_000) {
    const batch = Array.from({ length: 20 }, () =>
      speaker.emit('send_message', { roomId: room.id, content: 'x'.repeat(10_000) }),
    );
    await Promise.all(batch);
    said += batch.length;
  }
  return said;
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
): Promise<{ socket: WebSocket; heard: Json[]; ended: Promise<[number, string]> }> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws?token=${world.auth.token(who)}`);
  closing.push(() => socket.terminate());
  const heard: Json[] = [];
  socket.on('message', (raw) => heard.push(JSON.parse(String(raw))));
  const ended = new Promise<[number, string]>((resolve) =>
    socket.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ event: 'join_room', data: { roomId: room.id }, id: 1 }));
  await eventually(() => expect(heard.some(({ id }) => id === 1)).toBe(true));
  return { socket, heard, ended };
}

test('a plain connection that stops reading is closed as slow and cut off, though it never reads that; everybody else has heard everything', async () => {
  const { bob, room, speaker } = await pair();
  const { socket } = await plain(bob, room);
  const before = await connections();
  socket.pause();
  const said = await talkUntilSlow(speaker, room);
  await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 3_000 });
  expect(await hears(speaker, 'receive_message', said)).toHaveLength(said);
  expect(await metric(gateway, 'gateway_closings_total')).toBe(1);
});

test('one that reads again in time gets what the network held, the reason, the code; and may come back', async () => {
  const { bob, room, speaker } = await pair();
  const { socket, heard, ended } = await plain(bob, room);
  socket.pause();
  const said = await talkUntilSlow(speaker, room);
  socket.resume();
  expect(await ended).toEqual([4003, 'slow']);
  expect(heard.at(-1)).toMatchObject({
    event: 'error',
    data: { code: 'slow', type: 'SLOW', retryable: true },
  });
  const seqs = heard.filter(({ event }) => event === 'receive_message').map(({ data }) => data.seq);
  // Without holes up to where it ended: from there on it asks for the rest.
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(seqs.length).toBeLessThanOrEqual(said);
  const again = await plain(bob, room);
  expect(again.heard.find(({ id }) => id === 1)).toMatchObject({ ok: true, data: { seq: said } });
});

test('a Socket.IO connection that stops reading is closed as slow; one that reads again learns the reason before, and socket.io-client may reconnect', async () => {
  const { bob, room, speaker } = await pair();
  const [stalled, late] = [await world.join(gateway, bob, room), await world.join(gateway, bob, room)];
  const before = await connections();
  const endings: string[] = [];
  late.socket.on('disconnect', (reason) => endings.push(reason));
  wireOf(stalled).pause();
  wireOf(late).pause();
  await talkUntilSlow(speaker, room, 2);
  wireOf(late).resume();
  await eventually(async () => expect(await connections()).toBe(before - 2), { timeoutMs: 5_000 });
  await eventually(() => expect(endings).toEqual(['transport close']));
  expect(late.heard('error')).toMatchObject([{ code: 'slow', retryable: true }]);
});

/** The WebSocket below a client's connection. */
const wireOf = (client: Client) => (client.socket.io.engine.transport as unknown as { ws: WebSocket }).ws;

/** Joins the room by polling, everything after the handshake through that gateway. */
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
  // Far less than what fits into a network's buffers: nothing of it has left.
  expect(await talkUntilSlow(speaker, room)).toBeLessThanOrEqual(40);
  await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 3_000 });
  expect(await poll()).toContain('Session ID unknown');
});

test.each(ways)(
  'a polling connection that polls $way and reads no answer is closed as slow',
  async ({ through }) => {
    const { bob, room, speaker } = await pair();
    const { url } = await polling(bob, room, through());
    const before = await connections();
    let over = false;
    const unread: IncomingMessage[] = [];
    const pollOn = async () => {
      while (!over) {
        await new Promise<void>((resolve) => {
          const request = get(url, { agent: false }, (response) => {
            response.on('error', () => undefined);
            unread.push(response);
            resolve();
          });
          request.on('error', () => resolve());
          closing.push(() => request.destroy());
        });
        if (unread.at(-1)?.statusCode !== 200) return;
      }
    };
    const polls = pollOn();
    await talkUntilSlow(speaker, room);
    over = true;
    await eventually(async () => expect(await connections()).toBe(before - 1), { timeoutMs: 5_000 });
    for (const close of closing.splice(0)) close();
    await polls;
  },
);

test('who asks and asks and reads no answers is closed as slow, too', async () => {
  const people = Array.from({ length: 1_000 }, (_, index) => person(`person-${index}`));
  const room = await world.room(people);
  const [greedy] = people;
  if (!greedy) throw new Error('nobody');
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

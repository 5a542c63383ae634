import type { ChangedBatch, MissedPeriod, RoomState } from '@parley/contracts';
import { eventually, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { RedisPresence } from '../src/presence/redis-presence.ts';
import { type Client, type Gateway, type Person, person, World } from './gateway-harness.ts';
import { openPolling } from './polling-client.ts';

const leaseMs = 3_000;
const settings = { PING_INTERVAL: '500ms', POLL_TIMEOUT: '2s', PRESENCE_LEASE: `${leaseMs}ms` };
/** A Socket.IO client has 20 s to answer a ping. */
const detectedWithin = { timeoutMs: 40_000 };

let world: World;
let first: Gateway;
let second: Gateway;
const missed: MissedPeriod[] = [];
beforeAll(async () => {
  world = await World.start();
  [first, second] = [await world.gateway(settings), await world.gateway(settings)];
  await world.bus.consume('timeline', 'notifications', async (events) => {
    missed.push(...events.flatMap((event) => (event.data as ChangedBatch).missed ?? []));
  });
});
afterAll(() => world.stop());

const missedBy = ({ userId }: Person) => missed.filter((period) => period.userId === userId);

async function webSocket(gateway: Gateway, who: Person, room: RoomState): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${world.auth.token({ ...who, contract: 'rooms' })}` };
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/ws`, { headers });
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const joined = new Promise<void>((resolve) =>
    socket.on('message', (data) => JSON.parse(String(data)).id === 1 && resolve()),
  );
  socket.send(JSON.stringify({ event: 'join_room', data: { roomId: room.id }, id: 1 }));
  await joined;
  return socket;
}

/** The WebSocket below a Socket.IO client. */
const below = ({ socket }: Client): WebSocket =>
  (socket.io.engine.transport as unknown as { ws: WebSocket }).ws;

const answersPing = (socket: WebSocket) => new Promise((resolve) => socket.once('ping', resolve));

test('a connection that freezes is reported from its last confirmation, over every transport', async () => {
  const people = [person('ws'), person('io'), person('polling')] as const;
  const [plain, socketIo, polling] = people;
  const room = await world.room([...people]);
  const startedAt = Date.now();
  const socket = await webSocket(first, plain, room);
  const client = await world.join(first, socketIo, room);
  const poller = await openPolling(second, world.auth.token({ ...polling, contract: 'rooms' }));
  await poller.ask('join_room', { roomId: room.id });
  await answersPing(socket);
  await answersPing(socket);
  const confirmedAt = Date.now();
  await eventually(() => expect(Date.now()).toBeGreaterThan(confirmedAt + 1_000));
  const frozenAt = Date.now();
  socket.pause();
  below(client).pause();
  for (const who of people)
    await eventually(() => {
      const [period, ...others] = missedBy(who);
      expect(others).toEqual([]);
      expect(period).toEqual({ roomId: room.id, userId: who.userId, since: expect.any(String) });
      const since = Date.parse(period?.since ?? '');
      expect(since).toBeGreaterThanOrEqual(who === polling ? startedAt : confirmedAt - 500);
      expect(since).toBeLessThanOrEqual(frozenAt);
    }, detectedWithin);
}, 60_000);

test('clients that close, leave or disconnect miss nothing', async () => {
  const [leaver, closer, ended, last] = [person('leaver'), person('closer'), person('ended'), person('last')];
  const room = await world.room([leaver, closer, ended, last]);
  const leaving = await world.join(first, leaver, room);
  await leaving.emit('leave_room', { roomId: room.id });
  below(leaving).terminate();
  (await webSocket(first, closer, room)).close();
  (await world.join(first, ended, room)).socket.disconnect();
  const tab = await world.join(first, ended, room);
  tab.socket.io.engine.close();
  (await webSocket(first, last, room)).terminate();
  await eventually(() => expect(missedBy(last)).toHaveLength(1));
  for (const who of [leaver, closer, ended]) expect(missedBy(who)).toEqual([]);
});

test('of a dead connection, nothing is missed while another one, on any gateway, receives', async () => {
  const [both, back] = [person('both'), person('back')];
  const room = await world.room([both, back]);
  await world.join(second, both, room);
  const phone = await webSocket(first, both, room);
  const dead = await webSocket(first, back, room);
  await answersPing(dead);
  dead.pause();
  const frozenAt = Date.now();
  await eventually(() => expect(Date.now()).toBeGreaterThan(frozenAt));
  await world.join(second, back, room);
  const backAt = Date.now();
  phone.terminate();
  await eventually(() => expect(missedBy(back)).toHaveLength(1));
  const { until = '' } = missedBy(back)[0] ?? {};
  expect(Date.parse(until)).toBeGreaterThan(frozenAt);
  expect(Date.parse(until)).toBeLessThanOrEqual(backAt + 100);
  expect(missedBy(both)).toEqual([]);
});

test('users of a lost gateway are reported when their leases end, unless they are back', async () => {
  const [gone, back] = [person('gone'), person('back')];
  const room = await world.room([gone, back]);
  const redis = new Redis(testServices().redisUrl);
  onTestFinished(() => redis.disconnect());
  // All that a killed or frozen gateway leaves behind.
  const lost = new RedisPresence(redis, `${world.namespace}:watching`);
  const seats = [gone, back].map(({ userId, username }) => ({
    userId: `${room.id}/${userId}`,
    username,
    connectionId: `lost ${userId}`,
  }));
  await lost.renew(seats, leaseMs);
  const renewedAt = Date.now();
  await world.join(first, back, room);
  await eventually(() => expect(missedBy(gone)).toHaveLength(1), detectedWithin);
  const { since = '', until } = missedBy(gone)[0] ?? {};
  expect(until).toBeUndefined();
  // Earlier than any confirmation that the lost gateway can have had.
  expect(Date.parse(since)).toBeLessThan(renewedAt - 20_000);
  expect(missedBy(back)).toEqual([]);
}, 60_000);

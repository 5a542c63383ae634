import { MemoryBus } from '@parley/bus';
import { type Change, type EventOf, type Message, type MissedChanges, parseEvent } from '@parley/contracts';
import { createLogger, newId, systemClock } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import { eventually, testNamespace, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import type { BackplaneMessage } from '../src/backplane.ts';
import { ChangePublisher, connectCommands, MemoryBackplane, RedisPublisher } from '../src/index.ts';
import { roomKey, userKey } from '../src/keys.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const created = (roomId: string, seq: number, to?: string[]): Change => ({
  kind: 'message.created',
  roomId,
  seq,
  message: { id: `${seq}` } as Message,
  ...(to && { to }),
});
const read = (roomId: string): Change => ({
  kind: 'read.advanced',
  roomId,
  by: { userId: newId(), username: 'ada' },
  messageId: null,
  position: { roomId, userId: newId(), seq: 1, readAt: new Date().toISOString() },
});

/** A publisher, and what every gateway receives over the broker. */
async function publishing(backplane: RedisPublisher | MemoryBackplane | undefined) {
  const bus = new MemoryBus({ logger });
  cleanups.push(() => bus.close());
  const missed: MissedChanges[] = [];
  await bus.listen('backplane', (envelope) => {
    const event = parseEvent(envelope) as EventOf<'changes.missed'>;
    missed.push(event.data);
  });
  const publisher = new ChangePublisher({ backplane, bus, clock: systemClock, newId, logger });
  cleanups.push(() => publisher.close());
  return { publisher, missed };
}

async function overRedis(url: string, namespace = testNamespace()): Promise<RedisPublisher> {
  const redis = connectCommands(url, logger);
  await eventually(() => redis.commands.ping());
  return new RedisPublisher({ redis, namespace, lost: () => undefined, logger });
}

test('without Redis, heads travel over the broker, and changes without a number as they are', async () => {
  const server = await startRedis();
  cleanups.push(() => server.stop());
  const connected = await overRedis(server.url);
  server.kill('SIGKILL');
  await server.exited;
  const [room, direct, ada, bob] = [newId(), newId(), newId(), newId()];
  const receipt = read(room);
  for (const backplane of [connected, undefined]) {
    const { publisher, missed } = await publishing(backplane);
    const changes = [created(room, 4), receipt, created(direct, 7, [ada, bob]), created(room, 5)];
    expect(await publisher.publish(changes)).toEqual(new Set([room, direct]));
    await eventually(() => expect(missed).toHaveLength(1));
    expect(missed).toEqual([
      {
        heads: [
          { key: roomKey(room), head: { roomId: room, from: 4, seq: 5 } },
          { key: userKey(ada), head: { roomId: direct, from: 7, seq: 7 } },
          { key: userKey(bob), head: { roomId: direct, from: 7, seq: 7 } },
        ],
        changes: [{ key: roomKey(room), changes: [receipt] }],
      },
    ]);
  }
});

test('one message per key and batch, in the form of Socket.IO’s sharded adapter', async () => {
  const [url, namespace] = [testServices().redisUrl, testNamespace()];
  const [room, other] = [newId(), newId()];
  const subscriber = new Redis(url);
  cleanups.push(() => subscriber.disconnect());
  const received: unknown[] = [];
  subscriber.on('smessage', (channel: string, text: string) => received.push([channel, JSON.parse(text)]));
  await subscriber.ssubscribe(`${namespace}#/#${roomKey(room)}#`);
  const { publisher } = await publishing(await overRedis(url, namespace));
  const changes = [created(room, 1), created(other, 1), created(room, 2)];
  expect(await publisher.publish(changes)).toEqual(new Set());
  await eventually(() => expect(received).toHaveLength(1));
  const packet = { type: 2, nsp: '/', data: ['fleet', { changes: [created(room, 1), created(room, 2)] }] };
  const opts = { rooms: [roomKey(room)], except: [], flags: {} };
  expect(received).toEqual([
    [
      `${namespace}#/#${roomKey(room)}#`,
      { type: 3, data: { opts, packet }, uid: expect.any(String), nsp: '/' },
    ],
  ]);
});

test('heads of rooms that have fallen quiet are repeated once, together; at the end, at once', async () => {
  const backplane = new MemoryBackplane();
  const quiet: Extract<BackplaneMessage, { quiet: unknown }>['quiet'][] = [];
  backplane.onMessage((_, message) => {
    if ('quiet' in message) quiet.push(message.quiet);
  });
  const { publisher } = await publishing(backplane);
  const rooms = [newId(), newId(), newId()];
  await publisher.publish(rooms.map((roomId) => created(roomId, 3)));
  await publisher.publish(rooms.map((roomId) => created(roomId, 4)));
  const last = newId();
  await eventually(() => expect(quiet).toHaveLength(1));
  await publisher.publish([created(last, 1)]);
  await eventually(() => expect(quiet).toHaveLength(2));
  const ageMs = expect.any(Number);
  expect(quiet).toEqual([
    rooms.map((roomId) => ({ key: roomKey(roomId), head: { roomId, from: 3, seq: 4 }, ageMs })),
    [{ key: roomKey(last), head: { roomId: last, from: 1, seq: 1 }, ageMs }],
  ]);
  for (const { ageMs: age } of quiet.flat()) expect(age).toBeGreaterThanOrEqual(2_000);
  await publisher.publish([created(last, 2)]);
  await publisher.close();
  expect(quiet.at(-1)).toMatchObject([{ head: { roomId: last, from: 2, seq: 2 } }]);
});

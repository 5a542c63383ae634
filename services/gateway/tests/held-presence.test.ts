import { newId, systemClock } from '@parley/runtime';
import { eventually, testNamespace, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, test } from 'vitest';
import { MemoryHeldPresence } from '../src/presence/memory-held-presence.ts';
import type { HeldPresenceStore, Seat } from '../src/presence/presence-store.ts';
import { RedisHeldPresence } from '../src/presence/redis-held-presence.ts';
import { RedisPresence } from '../src/presence/redis-presence.ts';

const seat = (username: string, userId = newId()): Seat => ({ userId, username, connectionId: newId() });
const person = ({ userId, username }: Seat) => ({ userId, username });
const minute = 60_000;

const clients = [new Redis(testServices().redisUrl), new Redis(testServices().redisUrl)] as const;
afterAll(() => {
  for (const client of clients) client.disconnect();
});
const openRedis = (namespace = testNamespace()): [HeldPresenceStore, HeldPresenceStore] => [
  new RedisHeldPresence(clients[0], namespace),
  new RedisHeldPresence(clients[1], namespace),
];

describe.each<[string, () => [HeldPresenceStore, HeldPresenceStore]]>([
  [
    'MemoryHeldPresence',
    () => {
      const store = new MemoryHeldPresence(systemClock);
      return [store, store];
    },
  ],
  ['RedisHeldPresence', () => openRedis()],
])('%s', (_, open) => {
  test('a user comes with the first connection, and goes with the last, told to one caller', async () => {
    const [store, other] = open();
    const phone = seat('ada');
    const laptop = seat('Ada Augusta, Countess', phone.userId);
    expect(await store.hold([phone], minute)).toEqual([person(phone)]);
    expect(await other.hold([laptop], minute)).toEqual([]);
    expect(await store.hold([phone], minute)).toEqual([]);
    await store.release(phone, 0);
    expect(await store.takeExpired([phone.userId])).toEqual([]);
    expect(await other.online([phone.userId, newId()])).toEqual(new Set([phone.userId]));
    await other.release(laptop, 0);
    const gone = await Promise.all([store.takeExpired([phone.userId]), other.takeExpired()]);
    expect(gone.flat()).toEqual([person(phone)]);
    expect(await store.online([phone.userId])).toEqual(new Set());
  });

  test('a release with a grace goes unnoticed if the user is back in time, or lapses', async () => {
    const [store, other] = open();
    const [back, away] = [seat('ada'), seat('bob')];
    await store.hold([back, away], minute);
    await store.release(back, minute);
    await store.release(away, 50);
    expect(await other.hold([seat('ada', back.userId)], minute)).toEqual([]);
    await eventually(async () =>
      expect(await other.takeExpired()).toEqual([{ ...person(away), lapsedAt: expect.any(Number) }]),
    );
  });

  test('releasing answers when the latest connection came, if the user has another one', async () => {
    const [store, other] = open();
    const [phone, laptop] = [seat('ada', 'ada'), seat('ada', 'ada')];
    const before = Date.now();
    await store.hold([phone], minute);
    expect(await store.release(seat('nobody'), minute)).toBeUndefined();
    await other.hold([laptop], minute);
    expect(await store.release(phone, minute)).toBeGreaterThanOrEqual(before);
  });

  test('what is held stays while the lease is extended', async () => {
    const [store] = open();
    const held = seat('ada');
    await store.hold([held], 500);
    const heldAt = Date.now();
    await eventually(async () => {
      expect(await store.extend(500)).toBe(true);
      expect(await store.takeExpired()).toEqual([]);
      expect(Date.now()).toBeGreaterThan(heldAt + 700);
    });
  });
});

test('when the lease of a gateway ends, all that it held expires with it, and nothing else', async () => {
  const [store, other] = openRedis();
  const lost = Array.from({ length: 1_500 }, (_, index) => seat(`user ${index}`));
  const [both, left] = [seat('both'), seat('left')];
  const before = Date.now();
  await store.hold([...lost, both, left], 300);
  await store.release(left, 0);
  await other.hold([seat('both', both.userId)], minute);
  const gone: { userId: string; lapsedAt?: number | undefined }[] = [];
  await eventually(async () => {
    gone.push(...(await other.takeExpired()));
    expect(gone).toHaveLength(lost.length + 1);
  });
  expect(gone.find(({ userId }) => userId === left.userId)?.lapsedAt).toBeUndefined();
  const ends = gone.flatMap(({ lapsedAt = [] }) => lapsedAt);
  expect(ends).toHaveLength(lost.length);
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(before + 300);
  expect(Math.max(...ends)).toBeLessThan(Date.now());
  expect(await store.extend(minute), 'the gateway learns of it').toBe(false);
  expect(await store.hold(lost, minute), 'and brings back what it holds').toHaveLength(lost.length);
  expect(await store.extend(minute)).toBe(true);
});

test('extending costs the same number of commands for one seat and for thousands', async () => {
  const commands: string[] = [];
  const redis = new Redis(testServices().redisUrl);
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, ...others) => {
    commands.push(command.name);
    return send(command, ...others);
  };
  const store = new RedisHeldPresence(redis, testNamespace());
  const costs: number[] = [];
  for (const count of [1, 3_000]) {
    await store.hold(
      Array.from({ length: count }, () => seat('ada')),
      minute,
    );
    await store.extend(minute);
    commands.length = 0;
    await store.extend(minute);
    costs.push(commands.length);
  }
  redis.disconnect();
  expect(costs).toEqual([16, 16]);
});

test('a store that has lost its data is noticed, and everything is held again', async () => {
  const namespace = testNamespace();
  const [store, other] = openRedis(namespace);
  const held = seat('ada');
  await store.hold([held], minute);
  await store.extend(minute);
  const keys = await clients[0].keys(`{${namespace}:presence:*`);
  await clients[0].del(...keys);
  expect(await other.online([held.userId])).toEqual(new Set());
  expect(await store.extend(minute)).toBe(false);
  expect(await store.hold([held], minute)).toEqual([person(held)]);
  expect(await store.extend(minute)).toBe(true);
});

test('gateways of the last release count what is held, and do not end it', async () => {
  const namespace = testNamespace();
  const [store] = openRedis(namespace);
  const earlier = new RedisPresence(clients[1], namespace);
  const [held, leased] = [seat('ada'), seat('bob')];
  await store.hold([held], 100);
  await earlier.renew([seat('ada', held.userId), leased], minute);
  expect(await earlier.takeExpired()).toEqual([]);
  expect(await earlier.online([held.userId])).toEqual(new Set([held.userId]));
  expect(await store.online([leased.userId])).toEqual(new Set([leased.userId]));
});

import type { Change, Message } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { startRedis } from '@parley/servers';
import { eventually, startStopwatch, testNamespace, testServices } from '@parley/testkit';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import type { BackplaneMessage } from '../src/backplane.ts';
import { roomKey } from '../src/keys.ts';
import { MemoryBackplane } from '../src/memory-backplane.ts';
import { connectRedis } from '../src/redis/connect-redis.ts';
import { RedisBackplane } from '../src/redis-backplane.ts';
import { backplaneContract, type Node } from './backplane-contract.ts';

const logger = createLogger({ service: 'gateway', level: 'silent' });
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function redisNode(
  namespace: string,
  url = testServices().redisUrl,
): Promise<Node & { lost: () => number }> {
  const redis = await connectRedis(url, logger);
  let lost = 0;
  const backplane = new RedisBackplane({
    io: new Server(),
    redis,
    namespace,
    lost: () => lost++,
    logger,
  });
  cleanups.push(() => backplane.close());
  const arrivals: Node['arrivals'] = [];
  backplane.onMessage((keys, message) => arrivals.push({ keys: [...keys], message }));
  return { backplane, arrivals, lost: () => lost };
}

/** Two nodes on a Redis server of their own, which the test may kill. */
async function twoNodes() {
  const server = await startRedis();
  cleanups.push(() => server.stop());
  const namespace = testNamespace();
  const [one, other] = [await redisNode(namespace, server.url), await redisNode(namespace, server.url)];
  return { server, one, other };
}

backplaneContract('MemoryBackplane', async () => {
  const backplane = new MemoryBackplane();
  const arrivals: Node['arrivals'] = [];
  backplane.onMessage((keys, message) => arrivals.push({ keys: [...keys], message }));
  return [{ backplane, arrivals }];
});

backplaneContract('RedisBackplane', async () => {
  const namespace = testNamespace();
  return [await redisNode(namespace), await redisNode(namespace), await redisNode(namespace)];
});

const changes = (roomId: string, ...seqs: [number, ...number[]]): BackplaneMessage => {
  const [first, ...others] = seqs.map(
    (seq): Change => ({ kind: 'message.created', roomId, seq, message: { id: `${seq}` } as Message }),
  );
  return { changes: first ? [first, ...others] : ([] as never) };
};

test('Redis killed and back: local delivery continues, and subscribers learn of the outage', async () => {
  const { server, one, other } = await twoNodes();
  const roomId = newId();
  const key = roomKey(roomId);
  await Promise.all([one.backplane.subscribe([key]), other.backplane.subscribe([key])]);
  let recovered = 0;
  other.backplane.onRecovered(() => recovered++);

  server.kill('SIGKILL');
  await server.exited;
  await one.backplane.publish([key], changes(roomId, 1, 2));
  await one.backplane.publish([key], changes(roomId, 3));
  expect(one.arrivals).toHaveLength(2);
  expect(one.lost()).toBe(2);
  const late = roomKey(newId());
  await other.backplane.subscribe([late]);

  await server.restart();
  // `one` may publish the head before `other` has resubscribed, so `onRecovered` must fire there.
  await eventually(() => expect(recovered).toBe(1));
  // Both subscriptions are back, the earlier one and the one requested during the outage.
  await eventually(async () => {
    await one.backplane.publish([late], changes(roomId, 4));
    expect(other.arrivals.map((arrival) => arrival.keys)).toContainEqual([late]);
  });
});

test('Redis frozen: publishing blocks for a second at most, and the head arrives afterwards', async () => {
  const { server, one, other } = await twoNodes();
  const roomId = newId();
  const key = roomKey(roomId);
  await other.backplane.subscribe([key]);
  server.kill('SIGSTOP');
  const elapsedMs = startStopwatch();
  for (let seq = 1; seq <= 20; seq++) await one.backplane.publish([key], changes(roomId, seq));
  expect(elapsedMs()).toBeLessThan(2_500);
  server.kill('SIGCONT');
  await eventually(() =>
    expect(other.arrivals.at(-1)?.message).toEqual({ head: { roomId, from: 1, seq: 20 } }),
  );
});

test('Redis holds one subscription per subscribed key, and no others', async () => {
  const namespace = testNamespace();
  const { backplane } = await redisNode(namespace);
  const redis = new Redis(testServices().redisUrl);
  cleanups.push(async () => redis.disconnect());
  const channels = async () =>
    ((await redis.call('PUBSUB', 'SHARDCHANNELS', `${namespace}*`)) as string[]).length;
  const own = await channels();
  const keys = [roomKey(newId()), roomKey(newId())];
  await backplane.subscribe(keys);
  expect(await channels()).toBe(own + 2);
  for (const key of keys) backplane.unsubscribe(key);
  await eventually(async () => expect(await channels()).toBe(own));
});

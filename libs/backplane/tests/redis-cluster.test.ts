import type { Change, Message } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { type ServerCluster, type ServerProcess, startRedisCluster } from '@parley/servers';
import { eventually, startStopwatch, temporaryFolder, testNamespace } from '@parley/testkit';
import { Server } from 'socket.io';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BackplaneMessage } from '../src/backplane.ts';
import { roomKey } from '../src/keys.ts';
import { connectRedis, type RedisClients } from '../src/redis/connect-redis.ts';
import { RedisBackplane } from '../src/redis-backplane.ts';
import { backplaneContract, type Node } from './backplane-contract.ts';

const logger = createLogger({ service: 'gateway', level: 'silent' });
let cluster: ServerCluster;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  cluster = await startRedisCluster({ dir: temporaryFolder() });
});
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});
afterAll(() => cluster?.stop());

const connect = async (): Promise<RedisClients> => {
  const redis = await connectRedis(cluster.url, logger);
  cleanups.push(() => redis.close());
  return redis;
};

interface ClusterNode extends Node {
  redis: RedisClients;
  channelOf(key: string): string;
}

async function join(namespace: string): Promise<ClusterNode> {
  const redis = await connect();
  const backplane = new RedisBackplane({ io: new Server(), redis, namespace, lost: () => undefined, logger });
  cleanups.push(() => backplane.close());
  const arrivals: Node['arrivals'] = [];
  backplane.onMessage((keys, message) => arrivals.push({ keys: [...keys], message }));
  return { backplane, arrivals, redis, channelOf: (key) => `${namespace}#/#${key}#` };
}

backplaneContract('RedisBackplane on a Redis Cluster', async () => {
  const namespace = testNamespace();
  return [await join(namespace), await join(namespace), await join(namespace)];
});

const change = (roomId: string, seq: number): BackplaneMessage => ({
  changes: [{ kind: 'message.created', roomId, seq, message: { id: `${seq}` } as Message } satisfies Change],
});
const seqsOf = ({ arrivals }: Node, key: string) =>
  arrivals.flatMap(({ keys, message }) =>
    keys.includes(key) && 'changes' in message
      ? message.changes.flatMap((one) => ('seq' in one ? one.seq : []))
      : [],
  );

test('subscribing and unsubscribing touch the channels of one slot, and keep each channel once', async () => {
  const { subscriber } = await connect();
  const group = Reflect.get(subscriber, 'shardedSubscribers') as { channels: Map<number, string[]> };
  const rooms = Array.from({ length: 300 }, newId);
  const recorded = () => [...Map.prototype.values.call(group.channels)].flat().sort();
  let touched = 0;
  group.channels.get = (slot) => {
    touched++;
    return Map.prototype.get.call(group.channels, slot);
  };
  for (const all of ['values', 'keys', 'entries', 'forEach', Symbol.iterator] as const)
    group.channels[all] = () => {
      throw new Error('all slots');
    };
  for (const room of [...rooms, ...rooms.slice(0, 100)]) await subscriber.ssubscribe(room);
  expect(recorded()).toEqual([...rooms].sort());
  for (const room of rooms.slice(0, 100)) await subscriber.sunsubscribe(room);
  expect(recorded()).toEqual(rooms.slice(100).sort());
  expect(touched).toBeLessThanOrEqual(2 * 500);
});

test('a subscription requested without a connection is retried, then reported', async () => {
  const { commands, subscriber } = await connect();
  // As in ioredis while it rebuilds its connections.
  const group = Reflect.get(subscriber, 'shardedSubscribers') as {
    getResponsibleSubscriber(slot: number): unknown;
  };
  const find = group.getResponsibleSubscriber.bind(group);
  let refusals = 2;
  group.getResponsibleSubscriber = (slot) => (refusals-- > 0 ? undefined : find(slot));
  const received: unknown[] = [];
  subscriber.on('smessage', (_channel, text) => received.push(text));
  let reported = 0;
  subscriber.onSubscribedAgain(() => reported++);
  await expect(subscriber.ssubscribe('late')).rejects.toThrow();
  await eventually(async () => {
    await commands.spublish('late', 'here');
    expect(received).toContain('here');
  });
  expect(reported).toBe(1);
});

describe('a node of the Redis Cluster', () => {
  /** A room whose channel is on that node, and one whose channel is not. */
  const roomsAround = ({ redis, channelOf }: ClusterNode, server: ServerProcess) => {
    const rooms = Array.from({ length: 200 }, newId);
    const on = (roomId: string) => redis.serverOf(channelOf(roomKey(roomId))) === `127.0.0.1:${server.port}`;
    const [here = '', there = ''] = [rooms.find(on), rooms.find((roomId) => !on(roomId))];
    expect([here, there]).not.toContain('');
    return { here, there };
  };

  test('killed and back: rooms on other nodes are unaffected, and its own recover', async () => {
    const [one, other] = [await join('killed'), await join('killed')];
    const [server] = cluster.nodes;
    if (!server) throw new Error('the cluster has three nodes');
    const { here, there } = roomsAround(one, server);
    await other.backplane.subscribe([here, there].map(roomKey));
    let recovered = 0;
    other.backplane.onRecovered(() => recovered++);

    server.kill('SIGKILL');
    await server.exited;
    const elapsedMs = startStopwatch();
    for (let seq = 1; seq <= 20; seq++) {
      await one.backplane.publish([roomKey(here)], change(here, seq));
      await one.backplane.publish([roomKey(there)], change(there, seq));
    }
    expect(elapsedMs()).toBeLessThan(3_000);
    await eventually(() =>
      expect(seqsOf(other, roomKey(there))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1)),
    );
    expect(seqsOf(other, roomKey(here))).toEqual([]);
    // Requested while the node is away.
    const late = roomsAround(one, server).here;
    await other.backplane.subscribe([roomKey(late)]);

    await server.restart();
    await eventually(() => expect(recovered).toBeGreaterThan(0));
    for (const [roomId, seq] of [
      [here, 21],
      [late, 1],
    ] as const) {
      await eventually(async () => {
        await one.backplane.publish([roomKey(roomId)], change(roomId, seq));
        expect(seqsOf(other, roomKey(roomId))).toContain(seq);
      });
    }
  });

  test('frozen: publishing blocks for a second at most, and heads arrive afterwards', async () => {
    const [one, other] = [await join('frozen'), await join('frozen')];
    const [, server] = cluster.nodes;
    if (!server) throw new Error('the cluster has three nodes');
    const { here, there } = roomsAround(one, server);
    await other.backplane.subscribe([here, there].map(roomKey));
    server.kill('SIGSTOP');
    try {
      const elapsedMs = startStopwatch();
      for (let seq = 1; seq <= 20; seq++) {
        await one.backplane.publish([roomKey(here)], change(here, seq));
        await one.backplane.publish([roomKey(there)], change(there, seq));
      }
      expect(elapsedMs()).toBeLessThan(4_000);
      await eventually(() => expect(seqsOf(other, roomKey(there)).at(-1)).toBe(20));
    } finally {
      server.kill('SIGCONT');
    }
    await eventually(
      () => expect(other.arrivals.at(-1)?.message).toEqual({ head: { roomId: here, from: 1, seq: 20 } }),
      {
        timeoutMs: 20_000,
      },
    );
  });
});

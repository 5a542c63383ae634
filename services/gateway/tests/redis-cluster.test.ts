import { connectRedis, type RedisClients } from '@parley/backplane';
import { createLogger, newId } from '@parley/runtime';
import { type ServerCluster, startRedisCluster } from '@parley/servers';
import { eventually, temporaryFolder, testNamespace } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Seat } from '../src/presence/presence-store.ts';
import { RedisPresence } from '../src/presence/redis-presence.ts';
import { type Json, person, World, waitFor } from './gateway-harness.ts';
import { presenceContract } from './presence-contract.ts';

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

presenceContract('RedisPresence on a Redis Cluster', async () => {
  const namespace = testNamespace();
  return [
    new RedisPresence((await connect()).commands, namespace),
    new RedisPresence((await connect()).commands, namespace),
  ];
});

describe('a node of the Redis Cluster', () => {
  test('killed and back: departures found on other nodes are reported then', async () => {
    const { commands } = await connect();
    const presence = new RedisPresence(commands, 'parted');
    const seats = Array.from(
      { length: 40 },
      (_, index): Seat => ({ userId: newId(), username: `u${index}`, connectionId: newId() }),
    );
    await presence.renew(seats, 60_000);
    const [server] = cluster.nodes;
    if (!server) throw new Error('the cluster has three nodes');
    for (const seat of seats) await presence.release(seat, 0);
    server.kill('SIGKILL');
    await server.exited;
    await expect(presence.takeExpired()).rejects.toThrow();
    await server.restart();
    const reported = await eventually(() => presence.takeExpired());
    // The restarted node lost its users. None on the other nodes is missing.
    expect(reported.length).toBeGreaterThan(10);
    expect(new Set(reported.map(({ userId }) => userId)).size).toBe(reported.length);
  });

  test('killed and back: clients of two gateways miss no message', async () => {
    const world = await World.start({ redisUrl: cluster.url });
    try {
      const settings = { PRESENCE_LEASE: '3s', PRESENCE_GRACE: '500ms' };
      const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
      const [ada, bob] = [person('ada'), person('bob')];
      const rooms = await Promise.all(Array.from({ length: 12 }, () => world.room([ada, bob])));
      const [adas, bobs] = [await world.connect(one, ada), await world.connect(other, bob)];
      for (const { id: roomId } of rooms)
        for (const client of [adas, bobs]) await client.emit('join_room', { roomId });
      const send = (content: string) =>
        Promise.all(rooms.map(({ id: roomId }) => adas.emit('send_message', { roomId, content })));
      await send('before');
      const [, , server] = cluster.nodes;
      server?.kill('SIGKILL');
      await server?.exited;
      await send('without');
      await server?.restart();
      await waitFor(bobs, 'receive_message', 24, 20_000);
      await send('after');
      await waitFor(bobs, 'receive_message', 36, 20_000);
      for (const { id } of rooms) {
        const received = bobs.received('receive_message').filter(({ roomId }: Json) => roomId === id);
        expect(received.map(({ seq }: Json) => seq)).toEqual([1, 2, 3]);
      }
    } finally {
      await world.stop();
    }
  });
});

/** Moves a slot without keys to another node, as resharding does. */
async function moveSlot(channel: string): Promise<void> {
  const nodes = cluster.nodes.map(({ port }) => new Redis(port));
  try {
    const slot = await nodes[0]?.cluster('KEYSLOT', channel);
    const ids = await Promise.all(nodes.map((node) => node.cluster('MYID')));
    const ranges = (await nodes[0]?.cluster('SLOTS')) ?? [];
    const owner = ranges.find(([from, to]) => from <= Number(slot) && Number(slot) <= to)?.[2]?.[2];
    const source = ids.indexOf(String(owner));
    const target = (source + 1) % nodes.length;
    const set = (node: number, ...how: string[]) =>
      nodes[node]?.call('CLUSTER', 'SETSLOT', `${slot}`, ...how);
    await set(target, 'IMPORTING', ids[source] ?? '');
    await set(source, 'MIGRATING', ids[target] ?? '');
    for (const node of [target, source, (target + 1) % nodes.length])
      await set(node, 'NODE', ids[target] ?? '');
  } finally {
    for (const node of nodes) node.disconnect();
  }
}

test('a Redis Cluster resharded under load: clients of two gateways miss no message', async () => {
  const world = await World.start({ redisUrl: cluster.url });
  try {
    const settings = { HEAD_CHECK: '10m' };
    const [one, other] = [await world.gateway(settings), await world.gateway(settings)];
    const [ada, bob] = [person('ada'), person('bob')];
    const rooms = await Promise.all(Array.from({ length: 6 }, () => world.room([ada, bob])));
    const [adas, bobs] = [await world.connect(one, ada), await world.connect(other, bob)];
    for (const { id: roomId } of rooms)
      for (const client of [adas, bobs]) await client.emit('join_room', { roomId });
    let sent = 0;
    const send = async () => {
      sent++;
      await Promise.all(
        rooms.map(({ id: roomId }) => adas.emit('send_message', { roomId, content: `${sent}` })),
      );
    };
    let moved = false;
    const moving = (async () => {
      for (const { id } of rooms) await moveSlot(`${world.namespace}#/#room:${id}#`);
    })().finally(() => {
      moved = true;
    });
    while (!moved || sent < 20) await send();
    await moving;
    await send();
    const all = Array.from({ length: sent }, (_, index) => index + 1);
    for (const client of [adas, bobs]) {
      await waitFor(client, 'receive_message', sent * rooms.length, 30_000);
      for (const { id } of rooms) {
        const received = client.received('receive_message').filter(({ roomId }: Json) => roomId === id);
        expect(received.map(({ seq }: Json) => seq)).toEqual(all);
      }
    }
  } finally {
    await world.stop();
  }
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis } from '@parley/backplane';
import { createLogger, splitUrls } from '@parley/runtime';
import { startRedisCluster } from '@parley/servers';
import { Cluster } from 'ioredis';
import type { Figure, ScalePoint } from '../point.ts';

const channels = 30_000;
const measured = 2_000;
const atOnce = 500;

/** A gateway with many rooms subscribes to more of them, on a Redis Cluster of three nodes. */
export const clusterSubscriptions: ScalePoint = {
  title: `further subscriptions on a Redis Cluster, after ${channels}`,
  async measure() {
    const dir = mkdtempSync(join(tmpdir(), 'parley-cluster-'));
    const servers = await startRedisCluster({ dir });
    const plain = new Cluster(splitUrls(servers.url), { shardedSubscribers: true });
    await new Promise((resolve) => plain.once('ready', resolve));
    const clients = await connectRedis(servers.url, createLogger({ service: 'scale', level: 'warn' }));
    try {
      return [
        await costOf('ioredis', plain),
        await costOf('the gateway', clients.subscriber as unknown as Cluster),
      ];
    } finally {
      plain.disconnect();
      clients.close();
      await servers.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function costOf(name: string, cluster: Cluster): Promise<Figure> {
  await subscribe(cluster, 0, channels);
  const before = process.cpuUsage();
  await subscribe(cluster, channels, channels + measured);
  const { user, system } = process.cpuUsage(before);
  return { name: `CPU per subscription, ${name} (µs)`, value: Math.round((user + system) / measured) };
}

async function subscribe(cluster: Cluster, from: number, to: number): Promise<void> {
  for (let next = from; next < to; next += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, to - next) }, (_, index) => `room:${next + index}`);
    await Promise.all(some.map((channel) => cluster.ssubscribe(channel)));
  }
}

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '@parley/runtime';
import { freePort } from './ports.ts';
import { greet } from './ready.ts';
import { startRedis } from './redis.ts';
import { type ServerCluster, startTogether } from './server-cluster.ts';

const slots = 16_384;
const readyWithinMs = 30_000;

/**
 * A private Redis Cluster of masters without replicas. A node keeps its place in the cluster when it is killed and restarted, but no data; while it is away
 * the others serve their own keys (`cluster-require-full-coverage no`).
 */
export async function startRedisCluster(options: { dir: string; nodes?: number }): Promise<ServerCluster> {
  const places: { dir: string; port: number; busPort: number }[] = [];
  for (let number = 1; number <= (options.nodes ?? 3); number++) {
    const dir = join(resolve(options.dir), `redis${number}`);
    mkdirSync(dir, { recursive: true });
    places.push({ dir, port: await freePort(), busPort: await freePort() });
  }
  const cluster = await startTogether(
    places.map(({ dir, port, busPort }) => startRedis({ port, settings: clusterSettings(dir, busPort) })),
  );
  try {
    await formCluster(places);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function clusterSettings(dir: string, busPort: number): string[] {
  const settings = {
    dir,
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-port': String(busPort),
    'cluster-announce-ip': '127.0.0.1',
    'cluster-node-timeout': '1500',
    'cluster-require-full-coverage': 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function formCluster(places: readonly { port: number; busPort: number }[]): Promise<void> {
  const [first] = places;
  for (const [index, { port }] of places.entries()) {
    const from = Math.floor((index * slots) / places.length);
    const to = Math.floor(((index + 1) * slots) / places.length) - 1;
    await greet(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}\r\n`, '+OK');
    if (first && port !== first.port) await greet(first.port, `CLUSTER MEET 127.0.0.1 ${port} ${places[index]?.busPort}\r\n`, '+OK');
  }
  const deadline = performance.now() + readyWithinMs;
  for (const { port } of places) {
    // Every node has to know of every other: each answers for the whole cluster.
    while (!(await knowsAll(port, places.length))) {
      if (performance.now() > deadline) throw new StartError(`The Redis Cluster has not formed within ${readyWithinMs / 1_000} s`);
      await delay(50);
    }
  }
}

const knowsAll = (port: number, nodes: number): Promise<boolean> =>
  greet(port, 'CLUSTER INFO\r\n', new RegExp(`cluster_state:ok.*cluster_slots_ok:${slots}.*cluster_known_nodes:${nodes}\r`, 's')).then(
    () => true,
    () => false,
  );

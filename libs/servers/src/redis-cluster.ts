import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { ChoosePort } from './ports.ts';
import { greet } from './ready.ts';
import { launchRedis, redisRecipe } from './redis.ts';
import { type ServerCluster, startTogether } from './server-cluster.ts';
import { runServer } from './server-process.ts';

const slots = 16_384;
const readyWithinMs = 90_000;

/**
 * A private Redis Cluster of masters without replicas. After a kill and restart a node has its
 * place in the cluster, but no data. While it is down, the others serve their own keys
 * (`cluster-require-full-coverage no`).
 */
export async function startRedisCluster(options: {
  dir: string;
  nodes?: number;
  choosePort?: ChoosePort;
}): Promise<ServerCluster> {
  const places: Place[] = [];
  const startNode = (index: number) => {
    const dir = join(resolve(options.dir), `redis${index + 1}`);
    mkdirSync(dir, { recursive: true });
    return runServer({
      ...redisRecipe,
      choosePort: options.choosePort,
      otherPorts: ['bus'],
      launch: async (ports, signal) => {
        places[index] = ports;
        return [await launchRedis(ports.clients, clusterSettings(dir, ports.bus), signal)];
      },
    });
  };
  const cluster = await startTogether(
    Array.from({ length: options.nodes ?? 3 }, (_, index) => startNode(index)),
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

/** The ports of a node. */
interface Place {
  clients: number;
  bus: number;
}

async function formCluster(places: readonly Place[]): Promise<void> {
  const [first] = places;
  for (const [index, { clients, bus }] of places.entries()) {
    const from = Math.floor((index * slots) / places.length);
    const to = Math.floor(((index + 1) * slots) / places.length) - 1;
    await greet(clients, `CLUSTER ADDSLOTSRANGE ${from} ${to}\r\n`, '+OK');
    if (first && index > 0) await greet(first.clients, `CLUSTER MEET 127.0.0.1 ${clients} ${bus}\r\n`, '+OK');
  }
  const deadline = performance.now() + readyWithinMs;
  for (const { clients } of places) {
    // Every node must know all others, because each answers for the whole cluster.
    while (!(await knowsAll(clients, places.length))) {
      if (performance.now() > deadline)
        throw new StartError(`The Redis Cluster has not formed within ${readyWithinMs / 1_000} s`);
      await pause(50);
    }
  }
}

const knowsAll = (port: number, nodes: number): Promise<boolean> =>
  greet(
    port,
    'CLUSTER INFO\r\n',
    new RegExp(`cluster_state:ok.*cluster_slots_ok:${slots}.*cluster_known_nodes:${nodes}\r`, 's'),
  ).then(
    () => true,
    () => false,
  );

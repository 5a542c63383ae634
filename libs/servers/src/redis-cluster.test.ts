import { eventually, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { TakenPorts } from './fixtures/taken-ports.ts';
import { isRunning, processTree } from './process-table.ts';
import { greet } from './ready.ts';
import { startRedisCluster } from './redis-cluster.ts';
import type { ServerCluster } from './server-cluster.ts';

const treeOf = (cluster: ServerCluster) =>
  cluster.nodes.flatMap(({ pids }) => pids.flatMap((pid) => processTree(pid)));

test('three Redis nodes form one cluster, and a killed node returns to its place', async () => {
  // Two of the chosen ports are taken before their first use: one for clients, one for the bus.
  const ports = new TakenPorts();
  const cluster = await startRedisCluster({ dir: temporaryFolder(), choosePort: ports.choosing(1, 5) });
  try {
    expect(ports.taken).toBe(2);
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('expected three nodes');
    // The slot of `foo` is 12182, on the third node.
    await greet(first.port, 'GET foo\r\n', `-MOVED 12182 127.0.0.1:${cluster.nodes[2]?.port}`);
    second.kill('SIGKILL');
    await second.exited;
    await eventually(() =>
      greet(first.port, 'CLUSTER INFO\r\n', /cluster_state:ok.*cluster_slots_fail:546[12]/s),
    );
    await second.restart();
    await eventually(() =>
      greet(first.port, 'CLUSTER INFO\r\n', /cluster_state:ok.*cluster_slots_ok:16384/s),
    );
  } finally {
    const tree = treeOf(cluster);
    await cluster.stop();
    await ports.giveBack();
    expect(tree.filter(isRunning)).toEqual([]);
  }
});

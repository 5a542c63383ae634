import { eventually, temporaryFolder } from '@parley/testkit';
import { type ConfirmChannel, connect } from 'amqplib';
import { expect, test } from 'vitest';
import { TakenPorts } from './fixtures/taken-ports.ts';
import { isRunning, processTree } from './process-table.ts';
import { startRabbitCluster } from './rabbit-cluster.ts';
import { greet } from './ready.ts';
import { startRedisCluster } from './redis-cluster.ts';
import type { ServerCluster } from './server-cluster.ts';

const treeOf = (cluster: ServerCluster) =>
  cluster.nodes.flatMap(({ pids }) => pids.flatMap((pid) => processTree(pid)));

async function withChannel<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    return await work(channel);
  } finally {
    await connection.close().catch(() => undefined);
  }
}

test('three RabbitMQ nodes form one broker: a quorum queue survives the node that declared it', async () => {
  // The ports chosen for epmd and for one node's connections to others are taken before their first
  // use. A node notices the latter early in its start.
  const ports = new TakenPorts();
  const cluster = await startRabbitCluster({ dir: temporaryFolder(), choosePort: ports.choosing(1, 7) });
  try {
    expect(ports.taken).toBe(2);
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('expected three nodes');
    await withChannel(first.url, async (channel) => {
      await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      channel.sendToQueue('kept', Buffer.from('here'), { persistent: true });
      await channel.waitForConfirms();
    });
    first.kill('SIGKILL');
    await first.exited;
    // Until the others have elected a leader for the queue, they close connections that ask for it.
    const found = await eventually(() => withChannel(second.url, (channel) => channel.get('kept')));
    expect(found ? found.content.toString() : 'nothing').toBe('here');
  } finally {
    const tree = treeOf(cluster);
    await cluster.stop();
    await ports.giveBack();
    expect(tree.filter(isRunning)).toEqual([]);
  }
});

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

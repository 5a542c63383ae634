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

test('three RabbitMQ nodes are one broker: a quorum queue made at one outlives that one', async () => {
  // Of the ports that it chose, the one for epmd and one of the nodes' are taken by the time that it uses them.
  const ports = new TakenPorts();
  const cluster = await startRabbitCluster({ dir: temporaryFolder(), choosePort: ports.choosing(1, 4) });
  try {
    expect(ports.taken).toBe(2);
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('there are three');
    await withChannel(first.url, async (channel) => {
      await channel.assertQueue('kept', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
      channel.sendToQueue('kept', Buffer.from('here'), { persistent: true });
      await channel.waitForConfirms();
    });
    first.kill('SIGKILL');
    await first.exited;
    // While the others have not agreed on who leads the queue, they close connections that ask for it.
    const found = await eventually(() => withChannel(second.url, (channel) => channel.get('kept')));
    expect(found ? found.content.toString() : 'nothing').toBe('here');
  } finally {
    const tree = treeOf(cluster);
    await cluster.stop();
    await ports.giveBack();
    expect(tree.filter(isRunning)).toEqual([]);
  }
});

test('three Redis nodes are one cluster, and a node that was killed comes back to its place', async () => {
  // Of the ports that they chose, two are taken by the time that they use them: for clients, or for each other.
  const ports = new TakenPorts();
  const cluster = await startRedisCluster({ dir: temporaryFolder(), choosePort: ports.choosing(1, 5) });
  try {
    expect(ports.taken).toBe(2);
    const [first, second] = cluster.nodes;
    if (!first || !second) throw new Error('there are three');
    // The slot of `foo` is 12182: the third node's.
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

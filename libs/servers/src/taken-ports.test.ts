import { temporaryFolder } from '@parley/testkit';
import { connect } from 'amqplib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TakenPorts } from './fixtures/taken-ports.ts';
import { ensureDatabase } from './postgres/ensure-database.ts';
import { startPostgres } from './postgres/start-postgres.ts';
import { isRunning, processTree } from './process-table.ts';
import { startRabbit } from './rabbit.ts';
import { startRabbitCluster } from './rabbit-cluster.ts';
import { greet } from './ready.ts';
import { startRedis } from './redis.ts';

let ports: TakenPorts;
beforeEach(() => {
  ports = new TakenPorts();
});
afterEach(() => ports.giveBack());

it('PostgreSQL gets another port if its port is taken while it starts', async () => {
  const server = await startPostgres({
    dataDir: temporaryFolder(),
    fast: true,
    choosePort: ports.choosing(1, 2),
  });
  await ensureDatabase(server.url);
  await server.stop();
  expect(ports.taken).toBe(2);
});

it('Redis gets another port if its port is taken while it starts', async () => {
  const server = await startRedis({ choosePort: ports.choosing(1, 2) });
  await greet(server.port, 'INFO server\r\n', /process_id/);
  await server.stop();
  expect(ports.taken).toBe(2);
});

it('RabbitMQ gets other ports if one of its three is taken while it starts', async () => {
  // It chooses ports for clients, nodes and epmd. First the last is taken, then the second, then
  // the first.
  const server = await startRabbit({ dir: temporaryFolder(), choosePort: ports.choosing(3, 5, 7) });
  const connection = await connect(server.url);
  await connection.close();
  await server.stop();
  expect(ports.taken).toBe(3);
});

it('a RabbitMQ cluster forms again if a port of epmd or a node is taken, and leaves nothing', async () => {
  // A cluster of one, because more nodes form it in the same way and take longer.
  const cluster = await startRabbitCluster({
    dir: temporaryFolder(),
    nodes: 1,
    choosePort: ports.choosing(1, 3),
  });
  const tree = cluster.nodes.flatMap(({ pids }) => pids.flatMap((pid) => processTree(pid)));
  try {
    expect(ports.taken).toBe(2);
    const connection = await connect(cluster.url);
    await connection.close();
  } finally {
    await cluster.stop();
  }
  expect(tree.filter(isRunning)).toEqual([]);
});

it('a restarting server waits while another process holds its port', async () => {
  const server = await startRedis();
  server.kill('SIGKILL');
  await server.exited;
  await ports.take(server.port);
  let back = false;
  const restarted = server.restart().then(() => {
    back = true;
  });
  await greet(server.port, 'PING\r\n', '+PONG');
  expect(back).toBe(false);
  await ports.giveBack();
  await restarted;
  await greet(server.port, 'INFO server\r\n', /process_id/);
  await server.stop();
});

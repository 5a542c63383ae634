import { brokerTablesHold, eventually, temporaryFolder } from '@parley/testkit';
import { connect } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { isRunning, processTree } from './process-table.ts';
import { startRabbit } from './rabbit.ts';
import { greet } from './ready.ts';
import { startRedis } from './redis.ts';
import type { ServerProcess } from './server-process.ts';

const treeOf = (server: ServerProcess) => server.pids.flatMap((pid) => processTree(pid));

async function withChannel<T>(
  url: string,
  work: (channel: Awaited<ReturnType<typeof openChannel>>) => Promise<T>,
): Promise<T> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    return await work(await openChannel(connection));
  } finally {
    await connection.close();
  }
}

const openChannel = (connection: Awaited<ReturnType<typeof connect>>) => connection.createConfirmChannel();

describe('a private RabbitMQ', () => {
  it('keeps confirmed persistent messages through kill -9 and a restart, and leaves no process', async () => {
    const dir = temporaryFolder();
    const server = await startRabbit({ dir });
    try {
      await withChannel(server.url, async (channel) => {
        await channel.assertQueue('kept', { durable: true });
        for (let n = 0; n < 100; n += 1)
          channel.sendToQueue('kept', Buffer.from(String(n)), { persistent: true });
        await channel.waitForConfirms();
      });
      await eventually(() => expect(brokerTablesHold(dir, 'kept')).toBe(true));
      server.kill('SIGKILL');
      await server.exited;
      await server.restart();
      expect(
        await withChannel(server.url, async (channel) => (await channel.checkQueue('kept')).messageCount),
      ).toBe(100);
    } finally {
      const tree = treeOf(server);
      expect(tree.length).toBeGreaterThan(2);
      await server.stop();
      expect(tree.filter(isRunning)).toEqual([]);
    }
  });
});

describe('a private Redis', () => {
  it('returns at the same address after kill -9, and leaves no process after stop', async () => {
    const server = await startRedis();
    server.kill('SIGKILL');
    await server.exited;
    await expect(greet(server.port, 'PING\r\n', '+PONG')).rejects.toThrow();
    await server.restart();
    await greet(server.port, 'PING\r\n', '+PONG');
    const tree = treeOf(server);
    await server.stop();
    expect(tree.length).toBeGreaterThan(0);
    expect(tree.filter(isRunning)).toEqual([]);
  });
});

import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { freePort } from '@parley/servers';
import { createTestDatabase, temporaryFolder, testNamespace, testServices } from '@parley/testkit';
import { expect, test } from 'vitest';
import { unlimited } from '../tests/whole-stack/target.ts';
import { startReplica } from './replica.ts';

/** Another program that holds the port and answers readiness checks like a service. */
async function imposter(port: number): Promise<Server> {
  const server = createServer((_, response) => response.end('{}'));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  return server;
}

test('a service whose port is taken at its start gets another, and keeps that one on restart', async () => {
  const database = await createTestDatabase();
  const taken: Server[] = [];
  const say: string[] = [];
  const replica = await startReplica({
    service: 'auth',
    name: 'auth-1',
    env: {
      ...unlimited,
      DATABASE_URL: database.url,
      AMQP_URL: testServices().amqpUrl,
      NAMESPACE: testNamespace(),
      SIGNING_SECRET: 's'.repeat(32),
    },
    logFile: join(temporaryFolder(), 'auth-1.log'),
    say: (line) => say.push(line),
    choosePort: async () => {
      const port = await freePort();
      if (taken.length === 0) taken.push(await imposter(port));
      return port;
    },
  });
  try {
    const { port: first } = replica;
    await replica.untilReady(60_000);
    expect(replica.port).not.toBe(first);
    expect(say.join('\n')).toMatch(/^auth-1 has ended .*\n.*is taken by another program/s);
    const { pid, url } = replica;
    if (pid) process.kill(pid, 'SIGKILL');
    await expect.poll(() => replica.ready && replica.pid !== pid, { timeout: 60_000 }).toBe(true);
    expect(replica.url).toBe(url);
  } finally {
    await replica.stop();
    await database.drop();
    for (const server of taken) server.close();
  }
});

test('a service with invalid settings is not started again: the start fails and says why', async () => {
  const say: string[] = [];
  const replica = await startReplica({
    service: 'auth',
    name: 'auth-1',
    env: {
      DATABASE_URL: 'postgres://127.0.0.1:1/auth',
      AMQP_URL: 'amqp://127.0.0.1:1',
      SIGNING_SECRET: 's'.repeat(32),
      REGISTER_RATE: '6',
    },
    logFile: join(temporaryFolder(), 'auth-1.log'),
    say: (line) => say.push(line),
  });
  try {
    await expect(replica.untilReady(60_000)).rejects.toThrow(
      /^auth-1 cannot start\. Invalid settings:\n {2}REGISTER_RATE: write a rate/,
    );
    expect(say).toEqual([]);
  } finally {
    await replica.stop();
  }
});

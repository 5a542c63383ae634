import { queryOnce } from '@parley/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { conversationSuite } from './conversation-suite.ts';
import { type StackTarget, startStackWithServers } from './start-targets.ts';

let target: StackTarget | undefined;

describe('on clusters', () => {
  conversationSuite(
    'three RabbitMQ nodes with quorum queues, a Redis Cluster, a database for each service, and a replica',
    async () => {
      target = await startStackWithServers({}, ['--clustered']);
      // Stopped below, after the checks.
      return { ...target, stop: async () => undefined };
    },
  );

  afterAll(() => target?.stop());

  test('every part of the clusters was used', async () => {
    const { replicas, servers, metricsOf } = target ?? expect.fail('nothing was started');
    const metrics = await Promise.all(replicas.messages.map(metricsOf));
    expect(metrics.join('\n')).toMatch(/^parley_messages_replica_reads_total\{outcome="replica"\} [1-9]/m);
    expect(servers.rabbitmq.split(',')).toHaveLength(3);
    expect(servers.redis.split(',')).toHaveLength(3);
    for (const service of ['auth', 'directory', 'messages', 'notifications']) {
      expect(await schemasIn(servers.postgres, service)).toEqual([service]);
    }
  });
});

async function schemasIn(server: string, database: string): Promise<string[]> {
  const url = new URL(server);
  url.pathname = `/${database}`;
  const own = `select nspname from pg_namespace
    where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')`;
  return (await queryOnce<{ nspname: string }>(url.href, own)).map(({ nspname }) => nspname);
}

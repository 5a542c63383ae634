import { join } from 'node:path';
import {
  ensureDatabase,
  ensureSystemServers,
  startPostgres,
  startRabbitCluster,
  startRedisCluster,
} from '@parley/servers';
import { keptRunning, type StackServers } from './stack-servers.ts';

const withTables = ['auth', 'directory', 'messages', 'notifications', 'hooks'];

/**
 * The servers of a large installation, on this machine: three RabbitMQ nodes with quorum queues,
 * three nodes of Redis Cluster, a database for each service, and a replica of the messages
 * database.
 */
export async function startClusteredServers(
  folder: string,
  say: (line: string) => void,
): Promise<StackServers> {
  await ensureSystemServers();
  const startPrimary = async () => {
    const primary = await startPostgres({ dataDir: join(folder, 'postgres'), binaries: 'system' });
    try {
      for (const service of withTables) await ensureDatabase(databaseOf(primary.url, service));
      return primary;
    } catch (error) {
      await primary.stop();
      throw error;
    }
  };
  const postgres = startPrimary();
  const standby = postgres.then(({ url }) =>
    startPostgres({ dataDir: join(folder, 'standby'), binaries: 'system', standbyOf: url }),
  );
  const rabbitmq = startRabbitCluster({ dir: join(folder, 'rabbitmq') });
  const redis = startRedisCluster({ dir: join(folder, 'redis') });
  // The standby stops first, because its primary waits for it.
  return keptRunning([standby, postgres, rabbitmq, redis], say, async () => {
    const [primary, replica, brokers, caches] = await Promise.all([postgres, standby, rabbitmq, redis]);
    return {
      urls: { postgres: primary.url, redis: caches.url, rabbitmq: brokers.url },
      processes: { postgres: [primary, replica], redis: caches.nodes, rabbitmq: brokers.nodes },
      addresses: (service) => ({
        DATABASE_URL: databaseOf(primary.url, service),
        ...(service === 'messages' && { DATABASE_REPLICA_URL: databaseOf(replica.url, service) }),
        REDIS_URL: caches.url,
        AMQP_URL: brokers.url,
        QUEUE_TYPE: 'quorum',
      }),
    };
  });
}

function databaseOf(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

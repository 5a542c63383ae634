import { join } from 'node:path';
import type { ServiceName } from '@parley/contracts';
import { type Environment, loadConfig } from '@parley/runtime';
import {
  ensureSystemServers,
  type ServerKind,
  type ServerProcess,
  startPostgres,
  startRabbit,
  startRedis,
} from '@parley/servers';
import { z } from 'zod';
import { keepRunning } from '../servers/keep-running.ts';

export interface StackServers {
  /** URLs for clients; the nodes of a cluster are separated by commas. */
  urls: Record<ServerKind, string>;
  processes: Record<ServerKind, readonly ServerProcess[]>;
  /** The settings that point a service to these servers. */
  addresses(service: ServiceName): Record<string, string>;
  stop(): Promise<void>;
}

type Started = Omit<StackServers, 'stop'>;

/**
 * Starts one server of each kind in parallel and keeps them running. Their data is below `folder`.
 */
export async function startServers(folder: string, say: (line: string) => void): Promise<StackServers> {
  await ensureSystemServers(['redis', 'rabbitmq']);
  const starting = [
    startPostgres({ dataDir: join(folder, 'postgres') }),
    startRedis(),
    startRabbit({ dir: join(folder, 'rabbitmq') }),
  ] as const;
  return keptRunning(starting, say, async () => {
    const [postgres, redis, rabbitmq] = await Promise.all(starting);
    const urls = { postgres: postgres.url, redis: redis.url, rabbitmq: rabbitmq.url };
    const addresses = { DATABASE_URL: urls.postgres, REDIS_URL: urls.redis, AMQP_URL: urls.rabbitmq };
    return {
      urls,
      processes: { postgres: [postgres], redis: [redis], rabbitmq: [rabbitmq] },
      addresses: () => addresses,
    };
  });
}

const serverUrls = z.object({ DATABASE_URL: z.url(), REDIS_URL: z.url(), AMQP_URL: z.url() });

/** The running servers that the environment names. @throws ConfigError when one is missing */
export async function useServers(env: Environment): Promise<StackServers> {
  const urls = loadConfig(serverUrls, env);
  return {
    urls: { postgres: urls.DATABASE_URL, redis: urls.REDIS_URL, rabbitmq: urls.AMQP_URL },
    processes: { postgres: [], redis: [], rabbitmq: [] },
    addresses: () => urls,
    stop: async () => undefined,
  };
}

/** @param starting the servers to stop, including when another one fails to start */
export async function keptRunning(
  starting: readonly Promise<{ stop(): Promise<void> }>[],
  say: (line: string) => void,
  start: () => Promise<Started>,
): Promise<StackServers> {
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    const results = await Promise.allSettled(starting);
    await Promise.all(results.map((result) => result.status === 'fulfilled' && result.value.stop()));
  };
  try {
    const started = await start();
    for (const server of Object.values(started.processes).flat())
      void keepRunning(server, say, stopping.signal);
    return { ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

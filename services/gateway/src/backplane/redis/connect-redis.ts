import type { EventEmitter } from 'node:events';
import { AppError } from '@parley/errors';
import { type Logger, splitUrls } from '@parley/runtime';
import { backoff } from '@parley/runtime/async';
import { Cluster, Redis } from 'ioredis';
import { QuietCluster } from './quiet-cluster.ts';
import { QuietRedis } from './quiet-redis.ts';
import { nodeOf } from './slots.ts';

/** Two clients, because a subscribed client cannot send other commands. */
export interface RedisClients {
  /**
   * For commands. While Redis, or the node responsible for the command, is away, commands fail
   * within a second.
   */
  commands: Redis | Cluster;
  /** For subscriptions, which wait while Redis is away. */
  subscriber: QuietRedis | QuietCluster;
  /** Names the server responsible for a key or channel. When one of its channels fails, all do. */
  serverOf(key: string): string;
  /** Whether each client is connected, by role. */
  connected(): Record<'commands' | 'subscriber', boolean>;
  close(): void;
}

const readyTimeoutMs = 15_000;
const pauses = { firstMs: 50, maxMs: 2_000 };
/** Limits how often one command follows moved keys or replaces lost nodes in a cluster. */
const maxRedirections = 4;

// Jitter keeps the gateways from reconnecting all at once.
const retryStrategy = (attempt: number) => backoff(attempt, pauses) * (0.5 + Math.random() / 2);
const failAtOnce = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 };
// Sends the commands of one tick in one write.
const together = { enableAutoPipelining: true };

/**
 * @param urls one Redis, or several cluster nodes separated by commas; the client discovers the
 * rest
 * @throws AppError `unavailable` when Redis does not answer within 15 s
 */
export async function connectRedis(urls: string, logger: Logger): Promise<RedisClients> {
  const [url = '', ...more] = splitUrls(urls);
  const clients = more.length > 0 ? clusterClients([url, ...more]) : singleClients(url);
  const { commands, subscriber } = clients;
  const roles: Record<string, EventEmitter> = { commands, subscriber };
  for (const [role, client] of Object.entries(roles)) {
    client.on('error', (error) => logger.warn({ err: error, role }, 'Redis connection failed; will retry'));
  }
  const close = () => {
    commands.disconnect();
    subscriber.disconnect();
  };
  try {
    await Promise.all([untilReady(commands), untilReady(subscriber)]);
  } catch (error) {
    close();
    throw error;
  }
  const connected = () => ({
    commands: commands.status === 'ready',
    subscriber: subscriber.status === 'ready',
  });
  return { ...clients, connected, close };
}

type Clients = Omit<RedisClients, 'close' | 'connected'>;

function singleClients(url: string): Clients {
  return {
    commands: new Redis(url, { retryStrategy, ...failAtOnce, ...together, enableOfflineQueue: false }),
    subscriber: new QuietRedis(url, { retryStrategy, maxRetriesPerRequest: null }),
    serverOf: () => url,
  };
}

function clusterClients(urls: string[]): Clients {
  const [first] = urls.map((url) => new URL(url));
  // Discovered nodes use the credentials and TLS setting of the first URL.
  const access = {
    ...(first?.username && { username: decodeURIComponent(first.username) }),
    ...(first?.password && { password: decodeURIComponent(first.password) }),
    ...(first?.protocol === 'rediss:' && { tls: {} }),
  };
  const shared = { clusterRetryStrategy: retryStrategy, slotsRefreshInterval: 2_000 };
  const commands = new Cluster(urls, {
    ...shared,
    ...together,
    enableOfflineQueue: false,
    maxRedirections,
    redisOptions: { ...access, ...failAtOnce },
  });
  const subscriber = new QuietCluster(urls, { ...shared, shardedSubscribers: true, redisOptions: access });
  return { commands, subscriber, serverOf: (key) => nodeOf(commands, key) };
}

function untilReady(client: Redis | Cluster): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new AppError('unavailable', { detail: 'Redis does not answer.' })),
      readyTimeoutMs,
    );
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

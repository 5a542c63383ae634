import type { EventEmitter } from 'node:events';
import { AppError } from '@parley/errors';
import { type Logger, splitUrls } from '@parley/runtime';
import { Cluster, Redis } from 'ioredis';
import { QuietCluster } from './quiet-cluster.ts';
import { QuietRedis } from './quiet-redis.ts';
import { nodeOf } from './slots.ts';

/** Two clients, since one that subscribes can do nothing else. */
export interface RedisClients {
  /** For commands: while Redis (or the node that a command is for) is away they fail at once, after a second at the latest. */
  commands: Redis | Cluster;
  /** For subscriptions: while Redis is away they wait. */
  subscriber: QuietRedis | QuietCluster;
  /** Names the server that has a key or carries a channel: what fails for one of its channels fails for all. */
  serverOf(key: string): string;
  /** Whether each is connected, by its role. */
  connected(): Record<'commands' | 'subscriber', boolean>;
  close(): void;
}

const readyTimeoutMs = 15_000;
const maxPauseMs = 2_000;
/** Of what a command meets on its way through a cluster: where a key has moved to, and nodes that are gone. */
const maxRedirections = 4;

// Each a little different, so that a fleet does not knock all at once.
const retryStrategy = (attempt: number) =>
  Math.min(50 * 2 ** Math.min(attempt, 10), maxPauseMs) * (0.5 + Math.random() / 2);
const failAtOnce = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, commandTimeout: 1_000 };
// What one tick has to say goes in one write.
const together = { enableAutoPipelining: true };

/**
 * @param urls of one Redis; or of several nodes of a Redis Cluster, separated by commas: the others are found through them
 * @throws AppError `unavailable` when Redis does not answer within 15 s
 */
export async function connectRedis(urls: string, logger: Logger): Promise<RedisClients> {
  const [url = '', ...more] = splitUrls(urls);
  const clients = more.length > 0 ? clusterClients([url, ...more]) : singleClients(url);
  const { commands, subscriber } = clients;
  const roles: Record<string, EventEmitter> = { commands, subscriber };
  for (const [role, client] of Object.entries(roles)) {
    client.on('error', (error) => logger.warn({ err: error, role }, 'Redis cannot be reached'));
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
  // Nodes that are found through others are spoken to as the first of those that were named.
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

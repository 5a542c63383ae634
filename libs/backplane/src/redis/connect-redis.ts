import type { EventEmitter } from 'node:events';
import { AppError } from '@parley/errors';
import { type Logger, splitUrls } from '@parley/runtime';
import { backoff } from '@parley/runtime/async';
import { Cluster, Redis } from 'ioredis';
import { keepChannelsBySlot } from './channels-by-slot.ts';
import { QuietCluster } from './quiet-cluster.ts';
import { QuietRedis } from './quiet-redis.ts';
import { nodeOf } from './slots.ts';

/** A client for commands. */
export interface RedisCommands {
  /**
   * While Redis, or the node responsible for the command, is away, commands fail within a second.
   */
  commands: Redis | Cluster;
  /** Names the server responsible for a key or channel. When one of its channels fails, all do. */
  serverOf(key: string): string;
  close(): void;
}

/** Two clients, because a subscribed client cannot send other commands. */
export interface RedisClients extends RedisCommands {
  /** For subscriptions, which wait while Redis is away. */
  subscriber: QuietRedis | QuietCluster;
  /** Whether each client is connected, by role. */
  connected(): Record<'commands' | 'subscriber', boolean>;
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
 * Connects in the background: a process whose work does not depend on Redis also starts without it.
 * @param urls see `connectRedis`
 */
export function connectCommands(urls: string, logger: Logger): RedisCommands {
  const nodes = splitUrls(urls);
  const [url = ''] = nodes;
  const single = { retryStrategy, ...failAtOnce, ...together, enableOfflineQueue: false };
  if (nodes.length === 1) {
    const commands = new Redis(url, single);
    return { commands, serverOf: () => url, close: watch(commands, 'commands', logger) };
  }
  const commands = new Cluster(nodes, {
    ...clusterOptions,
    ...together,
    enableOfflineQueue: false,
    maxRedirections,
    redisOptions: { ...accessOf(url), ...failAtOnce },
  });
  return {
    commands,
    serverOf: (key) => nodeOf(commands, key),
    close: watch(commands, 'commands', logger),
  };
}

/**
 * @param urls one Redis, or several cluster nodes separated by commas; the client discovers the
 * rest
 * @throws AppError `unavailable` when Redis does not answer within 15 s
 */
export async function connectRedis(urls: string, logger: Logger): Promise<RedisClients> {
  const { commands, serverOf, close: closeCommands } = connectCommands(urls, logger);
  const subscriber = subscriberOf(splitUrls(urls));
  const closeSubscriber = watch(subscriber, 'subscriber', logger);
  const close = () => {
    closeCommands();
    closeSubscriber();
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
  return { commands, subscriber, serverOf, connected, close };
}

const clusterOptions = { clusterRetryStrategy: retryStrategy, slotsRefreshInterval: 2_000 };

function subscriberOf(nodes: string[]): QuietRedis | QuietCluster {
  const [url = ''] = nodes;
  if (nodes.length === 1) return new QuietRedis(url, { retryStrategy, maxRetriesPerRequest: null });
  const cluster = new QuietCluster(nodes, {
    ...clusterOptions,
    shardedSubscribers: true,
    redisOptions: accessOf(url),
  });
  keepChannelsBySlot(cluster);
  return cluster;
}

/** Nodes that the client discovers use the credentials and TLS setting of the first URL. */
function accessOf(url: string) {
  const { username, password, protocol } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** Logs the client's errors. Returns the function that closes it. */
function watch(client: Redis | Cluster, role: string, logger: Logger): () => void {
  const errors: EventEmitter = client;
  errors.on('error', (error) => logger.warn({ err: error, role }, 'Redis connection failed; will retry'));
  return () => client.disconnect();
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

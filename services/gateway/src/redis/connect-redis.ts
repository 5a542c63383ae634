import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { Redis } from 'ioredis';
import { QuietRedis } from './quiet-redis.ts';

/** Two clients, since one that subscribes can do nothing else. */
export interface RedisClients {
  /** For commands: while Redis is away they fail at once, after a second at the latest. */
  commands: Redis;
  /** For subscriptions: while Redis is away they wait. */
  subscriber: QuietRedis;
  /** Whether each is connected, by its role. */
  connected(): Record<'commands' | 'subscriber', boolean>;
  close(): void;
}

const readyTimeoutMs = 15_000;
const longestPauseMs = 2_000;

const shared = {
  // Each a little different, so that a fleet does not knock all at once.
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 10), longestPauseMs) * (0.5 + Math.random() / 2),
};

/** @throws AppError `unavailable` when Redis does not answer within 15 s */
export async function connectRedis(url: string, logger: Logger): Promise<RedisClients> {
  const commands = new Redis(url, {
    ...shared,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    // What one tick has to say goes in one write.
    enableAutoPipelining: true,
  });
  const subscriber = new QuietRedis(url, { ...shared, maxRetriesPerRequest: null });
  const clients = { commands, subscriber };
  for (const [role, client] of Object.entries(clients)) {
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
  const connected = () => ({ commands: commands.status === 'ready', subscriber: subscriber.status === 'ready' });
  return { ...clients, connected, close };
}

function untilReady(client: Redis): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new AppError('unavailable', { detail: 'Redis does not answer.' })), readyTimeoutMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

import type { Rate } from '@parley/runtime';
import type { Cluster, Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Limits how often a user is announced to the others in a room: that they type, and that they came.
 * Redis counts for all gateways, and so for all connections of the user. While it is away, and for
 * a single gateway, each process counts by itself.
 *
 * Refuses nothing: beyond it, both take effect unannounced. Each announcement has at most one end,
 * which is not counted. The room's writer keeps a budget of its own for messages, edits and
 * reactions: the contract `rooms` allows five messages, and typing them must not use those up.
 */
export class SignalRate {
  readonly #limiter: RateLimiterMemory | RateLimiterRedis | undefined;

  constructor(rate: Rate | 'off', options: { redis: Redis | Cluster | undefined; namespace: string }) {
    if (rate === 'off') return;
    // Redis expires keys by the second.
    const limits = { points: rate.limit, duration: Math.ceil(rate.windowMs / 1_000) };
    const memory = new RateLimiterMemory(limits);
    const { redis, namespace } = options;
    this.#limiter =
      redis &&
      new RateLimiterRedis({
        ...limits,
        storeClient: redis,
        keyPrefix: `${namespace}:signals`,
        // Once a key is over the rate, further signals cost no command.
        inMemoryBlockOnConsumed: rate.limit + 1,
        rejectIfRedisNotReady: true,
        insuranceLimiter: memory,
      });
    this.#limiter ??= memory;
  }

  /** Counts an announcement, if it is allowed. */
  async allows(roomId: string, userId: string): Promise<boolean> {
    try {
      await this.#limiter?.consume(`${roomId}/${userId}`);
      return true;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return false;
      throw refusal;
    }
  }
}

import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Rate } from '@parley/runtime';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts attempts by a key, in the database, so that all replicas share one count. */
export interface AttemptLimiter {
  /** Counts one. @throws AppError `rate_limit` when there have been too many */
  consume(key: string): Promise<void>;
  /** Takes one back: it was no attempt that should count. */
  giveBack(key: string): Promise<void>;
}

const unlimited: AttemptLimiter = { consume: async () => undefined, giveBack: async () => undefined };

/** @param name keeps the keys of several limiters apart */
export function createAttemptLimiter(db: Database, name: string, rate: Rate | 'off'): AttemptLimiter {
  if (rate === 'off') return unlimited;
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'attempts',
    tableCreated: true,
    keyPrefix: name,
    points: rate.limit,
    duration: rate.windowMs / 1_000,
    // Whoever goes on regardless costs us no queries.
    inMemoryBlockOnConsumed: rate.limit + 1,
  });
  return {
    consume: async (key) => {
      try {
        await limiter.consume(key);
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) throw new AppError('rate_limit', { retryAfterMs: refusal.msBeforeNext });
        throw refusal;
      }
    },
    giveBack: async (key) => {
      await limiter.reward(key);
    },
  };
}

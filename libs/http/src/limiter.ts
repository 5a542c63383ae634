import { AppError, type LimitName } from '@parley/errors';
import { nameRate, type Rate } from '@parley/runtime';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface RateSetting {
  /** The setting's name, such as `API_RATE`. */
  setting: string;
  rate: Rate | 'off';
  /** The dimensions that each have a rate of their own, as errors name them: `['user']`. */
  per: readonly string[];
}

/** Both throw AppError `rate_limit`, with the limit's name and the time to wait. */
export interface Limiter {
  /** Counts a use by a key, or several; at most the limit counts. */
  (key: string, uses?: number): Promise<void>;
  /** Requires that the key has uses left, and counts none. */
  require(key: string): Promise<void>;
}

const unlimited: Limiter = Object.assign(async () => undefined, { require: async () => undefined });

/** A limiter that counts in this process. */
export function createLimiter({ setting, rate, per }: RateSetting): Limiter {
  if (rate === 'off') return unlimited;
  const limiter = new RateLimiterMemory({ points: rate.limit, duration: rate.windowMs / 1_000 });
  const name = nameRate(setting, rate, per);
  const use = (key: string, uses = 1) => consumeOrRefuse(limiter, key, name, Math.min(uses, rate.limit));
  const require = async (key: string) => {
    const used = await limiter.get(key);
    if (used && used.remainingPoints <= 0)
      throw new AppError('rate_limit', { ...name, retryAfterMs: used.msBeforeNext });
  };
  return Object.assign(use, { require });
}

/** Takes points from a limiter with any storage. @throws AppError `rate_limit` */
export async function consumeOrRefuse(
  limiter: RateLimiterAbstract,
  key: string,
  name: LimitName,
  points = 1,
): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes)
      throw new AppError('rate_limit', { ...name, retryAfterMs: refusal.msBeforeNext });
    throw refusal;
  }
}

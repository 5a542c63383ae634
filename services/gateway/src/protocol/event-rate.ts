import { AppError, type LimitName } from '@parley/errors';
import type { Clock, Rate } from '@parley/runtime';

/** A token bucket per key, such as a connection: bursts up to the limit, then the rate. */
export class EventRate {
  readonly #rate: Rate | 'off';
  readonly #clock: Clock;
  readonly #left = new WeakMap<object, { tokens: number; at: number }>();

  constructor(rate: Rate | 'off', clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** A separate limit at a multiple of this rate. */
  times(factor: number): EventRate {
    const rate = this.#rate === 'off' ? 'off' : { ...this.#rate, limit: this.#rate.limit * factor };
    return new EventRate(rate, this.#clock);
  }

  /**
   * Takes tokens and answers 0. If too few are left, takes none and answers the milliseconds until
   * there are enough.
   * @param count at most the limit counts
   */
  take(key: object, count = 1): number {
    if (this.#rate === 'off') return 0;
    const { limit, windowMs } = this.#rate;
    const now = this.#clock();
    const left = this.#left.get(key) ?? { tokens: limit, at: now };
    left.tokens = Math.min(limit, left.tokens + (Math.max(now - left.at, 0) * limit) / windowMs);
    left.at = now;
    this.#left.set(key, left);
    const wanted = Math.min(count, limit);
    if (left.tokens < wanted) return Math.ceil(((wanted - left.tokens) * windowMs) / limit);
    left.tokens -= wanted;
    return 0;
  }
}

/** @throws AppError `rate_limit` */
export function requireRate(
  { rate, rateName }: { rate: EventRate; rateName: LimitName },
  connection: object,
  count = 1,
): void {
  const waitMs = rate.take(connection, count);
  if (waitMs > 0) throw new AppError('rate_limit', { ...rateName, retryAfterMs: waitMs });
}

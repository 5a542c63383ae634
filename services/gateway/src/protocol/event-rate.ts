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
   * Takes one token and answers 0. If none is left, answers the milliseconds until the next one.
   */
  take(key: object): number {
    if (this.#rate === 'off') return 0;
    const { limit, windowMs } = this.#rate;
    const now = this.#clock();
    const left = this.#left.get(key) ?? { tokens: limit, at: now };
    left.tokens = Math.min(limit, left.tokens + (Math.max(now - left.at, 0) * limit) / windowMs);
    left.at = now;
    this.#left.set(key, left);
    if (left.tokens < 1) return Math.ceil(((1 - left.tokens) * windowMs) / limit);
    left.tokens -= 1;
    return 0;
  }
}

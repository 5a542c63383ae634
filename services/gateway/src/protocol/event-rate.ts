import type { Clock, Rate } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';

/** How many events each connection may send: as many at once as the rate allows in its window, then at its pace. */
export class EventRate {
  readonly #rate: Rate | 'off';
  readonly #clock: Clock;
  readonly #left = new WeakMap<Connection, { tokens: number; at: number }>();

  constructor(rate: Rate | 'off', clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** The same, so many times as much. */
  times(factor: number): EventRate {
    const rate = this.#rate === 'off' ? 'off' : { ...this.#rate, limit: this.#rate.limit * factor };
    return new EventRate(rate, this.#clock);
  }

  /** 0: go on. Otherwise the event is one too many, and the next is allowed after so many milliseconds. */
  take(connection: Connection): number {
    if (this.#rate === 'off') return 0;
    const { limit, windowMs } = this.#rate;
    const now = this.#clock();
    const left = this.#left.get(connection) ?? { tokens: limit, at: now };
    left.tokens = Math.min(limit, left.tokens + (Math.max(now - left.at, 0) * limit) / windowMs);
    left.at = now;
    this.#left.set(connection, left);
    if (left.tokens < 1) return Math.ceil(((1 - left.tokens) * windowMs) / limit);
    left.tokens -= 1;
    return 0;
  }
}

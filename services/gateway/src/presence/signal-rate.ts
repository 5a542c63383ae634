import { AppError, type LimitName } from '@parley/errors';
import { type Clock, nameRate, type Rate, SlidingWindow } from '@parley/runtime';

/**
 * Limits how often this gateway announces a user to the others in a room: that they type, and that
 * they came. Each announcement has at most one end, which is not counted. Messages have a rate of
 * their own, which typing must not use up; the room's writer enforces it.
 */
export class SignalRate {
  readonly #rate: Rate | 'off';
  readonly #clock: Clock;
  readonly #name: LimitName;
  readonly #announced = new SlidingWindow();

  constructor(rate: Rate | 'off', clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
    this.#name = nameRate('SIGNAL_RATE', rate, ['user', 'room']);
  }

  /** Counts an announcement, if it is allowed. */
  allows(roomId: string, userId: string): boolean {
    return this.#take(roomId, userId) === 0;
  }

  /** Counts an announcement. @throws AppError `rate_limit` */
  require(roomId: string, userId: string): void {
    const retryAfterMs = this.#take(roomId, userId);
    if (retryAfterMs > 0) throw new AppError('rate_limit', { ...this.#name, retryAfterMs });
  }

  #take(roomId: string, userId: string): number {
    return this.#rate === 'off' ? 0 : this.#announced.take(roomId + userId, this.#rate, this.#clock());
  }
}

import { type Clock, type Rate, SlidingWindow } from '@parley/runtime';

/**
 * Limits how often this gateway announces a user to the others in a room: that they type, and that
 * they came. Refuses nothing: beyond it, both take effect unannounced. Each announcement has at
 * most one end, which is not counted. Messages have a rate of their own, which typing must not use
 * up; the room's writer enforces it.
 */
export class SignalRate {
  readonly #rate: Rate | 'off';
  readonly #clock: Clock;
  readonly #announced = new SlidingWindow();

  constructor(rate: Rate | 'off', clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Counts an announcement, if it is allowed. */
  allows(roomId: string, userId: string): boolean {
    return this.#rate === 'off' || this.#announced.take(roomId + userId, this.#rate, this.#clock()) === 0;
  }
}

/**
 * Runs `work` at once, and at most once per interval, so that many events lead to few renderings.
 */
export class Throttle {
  readonly #work: () => void;
  readonly #intervalMs: number;
  #lastAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(work: () => void, intervalMs: number) {
    this.#work = work;
    this.#intervalMs = intervalMs;
  }

  /** Runs soon. */
  request(): void {
    if (this.#timer) return;
    const waitMs = this.#lastAt + this.#intervalMs - Date.now();
    if (waitMs <= 0) this.run();
    else this.#timer = setTimeout(() => this.run(), waitMs);
  }

  /** Runs now. */
  run(): void {
    this.cancel();
    this.#lastAt = Date.now();
    this.#work();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

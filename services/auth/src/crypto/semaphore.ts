import { AppError } from '@parley/errors';

/** Lets `width` tasks run at once and `queue` more wait, in order; beyond that, `unavailable`. */
export class Semaphore {
  #free: number;
  readonly #queue: number;
  readonly #waiting: (() => void)[] = [];

  constructor(options: { width: number; queue: number }) {
    this.#free = options.width;
    this.#queue = options.queue;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#turn();
    try {
      return await task();
    } finally {
      // The place goes from hand to hand, so that nobody overtakes.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#queue) throw new AppError('unavailable', { retryAfterMs: 2_000 });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

import { AppError } from '@parley/errors';

/**
 * Runs up to `width` tasks at once and queues up to `queue` more, in order. Refuses others with
 * `unavailable`.
 */
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
      // Passes the slot directly to the next task, so that no new task overtakes it.
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

/**
 * How long the batches of a consumer wait for more events. Partitions that wait at the same time
 * end their wait together, so that `acrossPartitions` combines them.
 */
export class Linger {
  readonly ms: number;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms = 0) {
    this.ms = ms;
  }

  /** Resolves after `ms`, earlier if others have begun to wait, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        signal.removeEventListener('abort', end);
        this.#waiting.delete(end);
        resolve();
      };
      signal.addEventListener('abort', end);
      this.#waiting.add(end);
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        for (const endOne of this.#waiting) endOne();
      }, this.ms);
    });
  }
}

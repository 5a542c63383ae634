/**
 * The turn of a consumer whose partitions share their batches. Partitions take their events only
 * when it is free, so that one batch holds everything that has arrived until it starts.
 */
export class Turn {
  readonly #waiting = new Set<() => void>();
  #isFree = true;

  get isFree(): boolean {
    return this.#isFree;
  }

  /** Resolves when the turn is free, or when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isFree || signal.aborted) return resolve();
      const end = () => {
        signal.removeEventListener('abort', end);
        this.#waiting.delete(end);
        resolve();
      };
      signal.addEventListener('abort', end);
      this.#waiting.add(end);
    });
  }

  take(): void {
    this.#isFree = false;
  }

  /** All partitions that wait continue in the same turn of the event loop. */
  free(): void {
    this.#isFree = true;
    for (const end of this.#waiting) end();
  }
}

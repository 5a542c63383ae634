import type { Clock } from '@parley/runtime';

/**
 * A batch that has not been answered completely after this time, or after four times the usual
 * time, is late.
 */
const minLateMs = 300;
const lateFactor = 4;

/** The batches that were sent and are not completely answered. Knows how long they usually take. */
export class BatchesInFlight<Batch> {
  readonly #clock: Clock;
  /** The time of sending of each batch, in that order. */
  readonly #sentAt = new Map<Batch, number>();
  /** Those among them that are not known to be late. */
  readonly #inTime = new Set<Batch>();
  /** A moving average. */
  #usualMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sent(batch: Batch): void {
    this.#sentAt.set(batch, this.#clock());
    this.#inTime.add(batch);
  }

  answered(batch: Batch): void {
    const sentAt = this.#sentAt.get(batch);
    if (sentAt === undefined) return;
    this.#sentAt.delete(batch);
    this.#inTime.delete(batch);
    this.#usualMs += (this.#clock() - sentAt - this.#usualMs) / 8;
  }

  /** The batches that have become late. Answers each of them once. */
  takeLate(): Batch[] {
    const sentBefore = this.#clock() - Math.max(minLateMs, lateFactor * this.#usualMs);
    const late = [...this.#inTime].filter((batch) => (this.#sentAt.get(batch) ?? 0) <= sentBefore);
    for (const batch of late) this.#inTime.delete(batch);
    return late;
  }

  clear(): void {
    this.#sentAt.clear();
    this.#inTime.clear();
  }
}

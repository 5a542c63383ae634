import type { Clock } from '@parley/runtime';

/**
 * A batch that has not been answered completely after four times the usual time is late, within
 * these bounds: late batches must not make themselves usual.
 */
const lateFactor = 4;
const minLateMs = 300;
const maxLateMs = 2_000;

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

  /** The first answer shows how long the writer took: it answers after writing the whole batch. */
  firstAnswered(batch: Batch): void {
    const tookMs = Math.min(this.#clock() - (this.#sentAt.get(batch) ?? 0), maxLateMs);
    this.#usualMs += (tookMs - this.#usualMs) / 8;
  }

  answered(batch: Batch): void {
    this.#sentAt.delete(batch);
    this.#inTime.delete(batch);
  }

  /** The batches that have become late. Answers each of them once. */
  takeLate(): Batch[] {
    const sentBefore = this.#clock() - Math.min(Math.max(minLateMs, lateFactor * this.#usualMs), maxLateMs);
    const late = [...this.#inTime].filter((batch) => (this.#sentAt.get(batch) ?? 0) <= sentBefore);
    for (const batch of late) this.#inTime.delete(batch);
    return late;
  }

  clear(): void {
    this.#sentAt.clear();
    this.#inTime.clear();
  }
}

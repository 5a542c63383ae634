import { AppError } from '@parley/errors';
import { type Counter, type Metrics, secondsBuckets, sizeBuckets } from '@parley/http';
import type { Outcome } from '../usecases/write-batch.ts';

/** How the writer does: sizes of batches, time to store them, what became of the submissions. */
export class WriterMetrics {
  readonly #size;
  readonly #duration;
  readonly #outcomes;
  /** At hand for each submission. */
  readonly #tallies = new Map<string, Counter>();

  constructor(metrics: Metrics) {
    this.#size = metrics
      .histogram('messages_batch_size', 'Submissions written together', [], sizeBuckets)
      .of();
    this.#duration = metrics
      .histogram('messages_batch_duration_seconds', 'Time to write a batch', [], secondsBuckets)
      .of();
    this.#outcomes = metrics.counter('messages_submissions_total', 'Submissions by what became of them', [
      'outcome',
    ]);
  }

  /** Call the answer with the outcomes when the batch is stored. */
  started(size: number): (outcomes: readonly Outcome[]) => void {
    this.#size.record(size);
    const startedAt = performance.now();
    return (outcomes) => {
      this.#duration.record((performance.now() - startedAt) / 1_000);
      for (const { answer } of outcomes)
        this.#tallyOf(answer instanceof AppError ? answer.code : answer.op).add();
    };
  }

  #tallyOf(outcome: string): Counter {
    const known = this.#tallies.get(outcome) ?? this.#outcomes.of(outcome);
    this.#tallies.set(outcome, known);
    return known;
  }
}

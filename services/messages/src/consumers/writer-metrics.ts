import { AppError } from '@parley/errors';
import { type Counter, type Metrics, secondsBuckets, sizeBuckets } from '@parley/metrics';
import type { Outcome } from '../domain/outcome.ts';

/** Writer metrics: sizes of batches, time to store them, outcomes of submissions. */
export class WriterMetrics {
  readonly #size;
  readonly #duration;
  readonly #outcomes;
  /** Looked up for each submission, so cached. */
  readonly #counters = new Map<string, Counter>();

  constructor(metrics: Metrics) {
    this.#size = metrics
      .histogram('messages_batch_size', 'Submissions written together', [], sizeBuckets)
      .of();
    this.#duration = metrics
      .histogram('messages_batch_duration_seconds', 'Time to write a batch', [], secondsBuckets)
      .of();
    this.#outcomes = metrics.counter('messages_submissions_total', 'Submissions by outcome', ['outcome']);
  }

  /** Returns a function to call with the outcomes once the batch is stored. */
  started(size: number): (outcomes: readonly Outcome[]) => void {
    this.#size.record(size);
    const startedAt = performance.now();
    return (outcomes) => {
      this.#duration.record((performance.now() - startedAt) / 1_000);
      for (const { answer } of outcomes)
        this.#counterOf(answer instanceof AppError ? answer.code : answer.op).add();
    };
  }

  #counterOf(outcome: string): Counter {
    const known = this.#counters.get(outcome) ?? this.#outcomes.of(outcome);
    this.#counters.set(outcome, known);
    return known;
  }
}

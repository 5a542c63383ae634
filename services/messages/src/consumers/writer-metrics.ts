import { AppError } from '@parley/errors';
import type { Metrics } from '@parley/http';
import type { Outcome } from '../usecases/write-batch.ts';

/** How the writer does: sizes of batches, time to store them, what became of the submissions. */
export class WriterMetrics {
  readonly #size;
  readonly #duration;
  readonly #outcomes;

  constructor(metrics: Metrics) {
    this.#size = metrics.histogram('messages_batch_size', 'Submissions written together', [], [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]);
    this.#duration = metrics.histogram(
      'messages_batch_duration_seconds',
      'Time to write a batch',
      [],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    );
    this.#outcomes = metrics.counter('messages_submissions_total', 'Submissions by what became of them', ['outcome']);
  }

  /** Call the answer with the outcomes when the batch is stored. */
  started(size: number): (outcomes: readonly Outcome[]) => void {
    this.#size.observe(size);
    const done = this.#duration.startTimer();
    return (outcomes) => {
      done();
      for (const { answer } of outcomes) this.#outcomes.inc({ outcome: answer instanceof AppError ? answer.code : answer.op });
    };
  }
}

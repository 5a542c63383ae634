import type { Metrics } from '@parley/metrics';

const outcomes = ['replica', 'behind', 'away'] as const;

/** Reads that the replica may serve. If it was `behind` or `away`, the primary answered. */
export class ReplicaMetrics {
  readonly #reads;

  constructor(metrics: Metrics) {
    this.#reads = metrics.counter(
      'messages_replica_reads_total',
      'Reads that the replica may serve, by outcome',
      ['outcome'],
    );
    // Counters start at 0, so that `rate()` sees the first increment.
    for (const outcome of outcomes) this.#reads.of(outcome);
  }

  read(outcome: (typeof outcomes)[number]): void {
    this.#reads.of(outcome).add();
  }
}

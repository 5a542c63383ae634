import type { Metrics } from '@parley/http';

const outcomes = ['replica', 'behind', 'away'] as const;

/** Who answers what a replica may: it did; it was behind; it is away. In the last two cases the primary answered. */
export class ReplicaMetrics {
  readonly #reads;

  constructor(metrics: Metrics) {
    this.#reads = metrics.counter(
      'messages_replica_reads_total',
      'Reads that the replica may answer, by whether it did',
      ['outcome'],
    );
    // They are there from the start, so that a rate of the first is one.
    for (const outcome of outcomes) this.#reads.of(outcome);
  }

  read(outcome: (typeof outcomes)[number]): void {
    this.#reads.of(outcome).add();
  }
}

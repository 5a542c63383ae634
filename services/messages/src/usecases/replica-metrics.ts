import type { Metrics } from '@parley/http';

/** Who answers what a replica may: it did; it was behind; it is away. In the last two cases the primary answered. */
export class ReplicaMetrics {
  readonly #reads;

  constructor(metrics: Metrics) {
    this.#reads = metrics.counter('messages_replica_reads_total', 'Reads that the replica may answer, by whether it did', ['outcome']);
  }

  read(outcome: 'replica' | 'behind' | 'away'): void {
    this.#reads.of(outcome).add();
  }
}

import type { Metrics } from '@parley/metrics';

const outcomes = ['complete', 'incomplete', 'too_broad'] as const;

/** Searches, and the messages that the indexer has read for them. */
export class SearchMetrics {
  readonly #searches;
  readonly #indexed;

  constructor(metrics: Metrics) {
    this.#searches = metrics.counter('messages_searches_total', 'Searches for messages, by outcome', [
      'outcome',
    ]);
    for (const outcome of outcomes) this.#searches.of(outcome);
    this.#indexed = metrics
      .counter('messages_indexed_total', 'Messages read for the search index, again after each change')
      .of();
  }

  searched(outcome: (typeof outcomes)[number]): void {
    this.#searches.of(outcome).add();
  }

  indexed(count: number): void {
    this.#indexed.add(count);
  }
}

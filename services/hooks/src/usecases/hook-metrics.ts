import type { Metrics } from '@parley/metrics';

const durations = [0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** Metrics of deliveries. */
export class HookMetrics {
  readonly #deliveries;
  readonly #durations;

  /** @param waiting the rooms that wait for a delivery now, and for how long the first one has */
  constructor(metrics: Metrics, waiting: () => Promise<{ rooms: number; oldestMs: number }>) {
    let last = { rooms: 0, oldestMs: 0 };
    this.#deliveries = metrics.counter('hooks_deliveries_total', 'Attempts of webhooks by outcome', [
      'outcome',
    ]);
    this.#durations = metrics
      .histogram('hooks_delivery_duration_seconds', 'Time until receivers answer', [], durations)
      .of();
    for (const outcome of ['delivered', 'failed', 'gone'] as const) this.#deliveries.of(outcome);
    const oldest = metrics.gauge('hooks_oldest_waiting_seconds', 'How long the first of them has waited');
    metrics.gauge('hooks_rooms_waiting', 'Rooms of webhooks that wait for a delivery', [], async (gauge) => {
      // Without an answer of the database, the last numbers stay.
      const { rooms, oldestMs } = await waiting().catch(() => last);
      last = { rooms, oldestMs };
      gauge.set(rooms);
      oldest.set(oldestMs / 1_000);
    });
  }

  ended(outcome: 'delivered' | 'failed' | 'gone', durationMs: number): void {
    this.#deliveries.of(outcome).add();
    this.#durations.record(durationMs / 1_000);
  }
}

import type { Metrics } from '@parley/metrics';

/** Retention metrics. Both exist, as 0, if messages do not expire. */
export class ExpiryMetrics {
  readonly #expired;
  readonly #swept;

  constructor(metrics: Metrics) {
    this.#expired = metrics.counter('messages_expired_total', 'Messages expired because of their age').of();
    this.#swept = metrics.gauge(
      'messages_last_sweep_timestamp_seconds',
      'When the last sweep of all rooms completed',
    );
  }

  expired(count: number): void {
    this.#expired.add(count);
  }

  swept(at: Date | null): void {
    if (at) this.#swept.set(at.getTime() / 1_000);
  }
}

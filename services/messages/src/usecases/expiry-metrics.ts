import type { Metrics } from '@parley/http';

/** What time has taken, and whether it is looked after. Both are there, as 0, where messages do not expire. */
export class ExpiryMetrics {
  readonly #expired;
  readonly #swept;

  constructor(metrics: Metrics) {
    this.#expired = metrics
      .counter('messages_expired_total', 'Messages that lost their words because of their age')
      .of();
    this.#swept = metrics.gauge(
      'messages_last_sweep_timestamp_seconds',
      'When all rooms were last looked through for what is too old',
    );
  }

  expired(count: number): void {
    this.#expired.add(count);
  }

  swept(at: Date | null): void {
    if (at) this.#swept.set(at.getTime() / 1_000);
  }
}

import type { CloseReason } from '@parley/contracts';
import type { Metrics } from '@parley/http';

type Labels = { event: string };

/** What the gateway counts. */
export class GatewayMetrics {
  readonly #metrics: Metrics;
  readonly #in: { inc(labels: Labels): void };
  readonly #out: { inc(count: number): void };
  readonly #delivery: { observe(seconds: number): void };
  readonly #gaps: { inc(): void };
  readonly #repaired: { inc(count: number): void };
  readonly #lost: { inc(): void };
  readonly #closings: { inc(labels: { reason: CloseReason }): void };
  readonly #dropped: { inc(): void };

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#in = metrics.counter('gateway_messages_in_total', 'Events from clients', ['event']);
    this.#out = metrics.counter('gateway_messages_out_total', 'Events handed to connections');
    this.#delivery = metrics.histogram(
      'gateway_delivery_seconds',
      'From the storing of a message to its hand-over to the connections of a gateway',
      [],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    );
    this.#gaps = metrics.counter('gateway_gaps_total', 'Holes in what reached this gateway of a room');
    this.#repaired = metrics.counter('gateway_gap_changes_total', 'Changes fetched to fill holes');
    this.#lost = metrics.counter('gateway_fleet_failures_total', 'Messages that did not get on the road to the other gateways');
    this.#closings = metrics.counter('gateway_closings_total', 'Connections that this gateway has ended', ['reason']);
    this.#dropped = metrics.counter('gateway_dropped_total', 'Events without a number that were not sent to connections that read slowly');
  }

  watch(watched: { connections: () => number; pendingSubmissions: () => number }): void {
    this.#metrics.gauge('gateway_connections', 'Live client connections', [], (gauge) => gauge.set(watched.connections()));
    this.#metrics.gauge('gateway_submissions_pending', 'Submissions that wait for the answer of a room’s writer', [], (gauge) =>
      gauge.set(watched.pendingSubmissions()),
    );
  }

  in(event: string): void {
    this.#in.inc({ event });
  }

  out(connections: number): void {
    if (connections > 0) this.#out.inc(connections);
  }

  delivered(latencyMs: number): void {
    this.#delivery.observe(Math.max(latencyMs, 0) / 1_000);
  }

  gap(): void {
    this.#gaps.inc();
  }

  repaired(changes: number): void {
    this.#repaired.inc(changes);
  }

  lostOnTheRoad(): void {
    this.#lost.inc();
  }

  closing(reason: CloseReason): void {
    this.#closings.inc({ reason });
  }

  dropped(): void {
    this.#dropped.inc();
  }
}

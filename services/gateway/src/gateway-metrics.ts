import type { CloseReason } from '@parley/contracts';
import type { ErrorCode } from '@parley/errors';
import { type Counter, type Histogram, type LabeledMetric, type Metrics, secondsBuckets } from '@parley/http';
import type { Connection } from './connections/connection.ts';

/** A request for something new, one with what the client says, or a connection that is upgraded. */
export type ForwardKind = 'poll' | 'send' | 'upgrade';
export type ForwardOutcome = 'done' | 'gone' | 'busy' | 'late' | 'failed' | 'abandoned';

export interface Watched {
  connections: () => Iterable<Connection>;
  pendingSubmissions: () => number;
  /** Whether each of the clients of Redis is connected, by its role. */
  redis: () => Record<string, boolean>;
  /** Requests that this gateway is forwarding to others, by kind. */
  forwards: () => Record<string, number>;
}

/** What the gateway counts. */
export class GatewayMetrics {
  readonly #metrics: Metrics;
  readonly #in: LabeledMetric<Counter>;
  readonly #done = new Map<string, Counter>();
  readonly #acknowledgement: Histogram;
  readonly #out: Counter;
  readonly #delivery: Histogram;
  readonly #gaps: Counter;
  readonly #repaired: Counter;
  readonly #leftOpen: Counter;
  readonly #lost: Counter;
  readonly #closings: LabeledMetric<Counter>;
  readonly #dropped: Counter;
  readonly #forwards: LabeledMetric<Counter>;
  readonly #forwardAnswers: LabeledMetric<Histogram>;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#in = metrics.counter('gateway_messages_in_total', 'Events from clients by what came of them', [
      'event',
      'outcome',
    ]);
    const acknowledgement = 'From a send_message that arrives to its acknowledgement';
    this.#acknowledgement = metrics
      .histogram('gateway_acknowledgement_seconds', acknowledgement, [], secondsBuckets)
      .of();
    this.#out = metrics.counter('gateway_messages_out_total', 'Events handed to connections').of();
    const delivery = 'From the storing of a message to its hand-over to the connections of a gateway';
    this.#delivery = metrics.histogram('gateway_delivery_seconds', delivery, [], secondsBuckets).of();
    this.#gaps = metrics.counter('gateway_gaps_total', 'Holes in what reached this gateway of a room').of();
    this.#repaired = metrics.counter('gateway_gap_changes_total', 'Changes fetched to fill holes').of();
    this.#leftOpen = metrics.counter('gateway_gaps_left_open_total', 'Holes that could not be filled').of();
    this.#lost = metrics
      .counter('gateway_fleet_failures_total', 'Messages that did not get on the road to the other gateways')
      .of();
    this.#closings = metrics.counter('gateway_closings_total', 'Connections that this gateway has ended', [
      'reason',
    ]);
    const dropped = 'Events without a number that were not sent to connections that read slowly';
    this.#dropped = metrics.counter('gateway_dropped_total', dropped).of();
    const forwards = 'Requests for sessions of other gateways by what came of them';
    this.#forwards = metrics.counter('gateway_forwards_total', forwards, ['kind', 'outcome']);
    const answers = 'From a request for a session of another gateway to that gateway’s answer';
    this.#forwardAnswers = metrics.histogram('gateway_forward_seconds', answers, ['kind'], secondsBuckets);
  }

  watch(watched: Watched): void {
    this.#metrics.gauge(
      'gateway_connections',
      'Live client connections',
      ['transport', 'dialect'],
      (gauge) => {
        gauge.reset();
        for (const { transport, dialect } of watched.connections())
          gauge.inc({ transport, dialect: dialect ?? 'unknown' });
      },
    );
    this.#metrics.gauge(
      'gateway_submissions_pending',
      'Submissions that wait for the answer of a room’s writer',
      [],
      (gauge) => gauge.set(watched.pendingSubmissions()),
    );
    this.#metrics.gauge('gateway_redis_connected', 'Whether Redis can be reached', ['role'], (gauge) => {
      for (const [role, isConnected] of Object.entries(watched.redis()))
        gauge.set({ role }, isConnected ? 1 : 0);
    });
    this.#metrics.gauge(
      'gateway_forwards_in_flight',
      'Forwards to other gateways that have not ended',
      ['kind'],
      (gauge) => {
        for (const [kind, count] of Object.entries(watched.forwards())) gauge.set({ kind }, count);
      },
    );
  }

  /** An event of a client has been served. */
  done(event: string, elapsedMs: number): void {
    this.#doneOf(event).add();
    if (event === 'send_message') this.#acknowledgement.record(elapsedMs / 1_000);
  }

  refused(event: string, code: ErrorCode): void {
    this.#in.of(event, code).add();
  }

  out(connections: number): void {
    if (connections > 0) this.#out.add(connections);
  }

  delivered(latencyMs: number): void {
    this.#delivery.record(Math.max(latencyMs, 0) / 1_000);
  }

  gap(): void {
    this.#gaps.add();
  }

  repaired(changes: number): void {
    this.#repaired.add(changes);
  }

  leftOpen(): void {
    this.#leftOpen.add();
  }

  lostByBackplane(): void {
    this.#lost.add();
  }

  closing(reason: CloseReason): void {
    this.#closings.of(reason).add();
  }

  dropped(): void {
    this.#dropped.add();
  }

  /** It has ended. */
  forwarded(kind: ForwardKind, outcome: ForwardOutcome): void {
    this.#forwards.of(kind, outcome).add();
  }

  /** Of those that are upgraded the rest is not measured: it lasts as long as the connection. */
  forwardAnswered(kind: ForwardKind, elapsedMs: number): void {
    this.#forwardAnswers.of(kind).record(elapsedMs / 1_000);
  }

  #doneOf(event: string): Counter {
    const known = this.#done.get(event) ?? this.#in.of(event, 'done');
    this.#done.set(event, known);
    return known;
  }
}

import type { CloseReason } from '@parley/contracts';
import type { ErrorCode } from '@parley/errors';
import {
  type Counter,
  type Histogram,
  type LabeledMetric,
  type Metrics,
  secondsBuckets,
} from '@parley/metrics';
import type { Connection } from './connections/connection.ts';

/** A poll, a request with the client's packets, or an upgraded connection. */
export type ForwardKind = 'poll' | 'send' | 'upgrade';
export type ForwardOutcome = 'done' | 'gone' | 'busy' | 'late' | 'failed' | 'abandoned';

/** A handshake was admitted at once, held until its turn, or refused for now. */
export type HandshakeOutcome = 'admitted' | 'held' | 'refused';

export interface Watched {
  connections: () => Iterable<Connection>;
  pendingSubmissions: () => number;
  /** Whether each Redis client is connected, by role. */
  redis: () => Record<string, boolean>;
  /** Requests being forwarded to other gateways, by kind. */
  forwards: () => Record<string, number>;
}

/** The gateway's metrics. */
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
  readonly #handshakes: LabeledMetric<Counter>;
  readonly #forwards: LabeledMetric<Counter>;
  readonly #forwardAnswers: LabeledMetric<Histogram>;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#in = metrics.counter('gateway_messages_in_total', 'Events from clients by outcome', [
      'event',
      'outcome',
    ]);
    const acknowledgement = 'Time from receiving a send_message to its acknowledgement';
    this.#acknowledgement = metrics
      .histogram('gateway_acknowledgement_seconds', acknowledgement, [], secondsBuckets)
      .of();
    this.#out = metrics.counter('gateway_messages_out_total', 'Events sent to connections').of();
    const delivery = 'Time from storing a message to sending it to connections';
    this.#delivery = metrics.histogram('gateway_delivery_seconds', delivery, [], secondsBuckets).of();
    this.#gaps = metrics.counter('gateway_gaps_total', 'Gaps detected in the changes of a room').of();
    this.#repaired = metrics.counter('gateway_gap_changes_total', 'Changes fetched to fill gaps').of();
    this.#leftOpen = metrics.counter('gateway_gaps_left_open_total', 'Gaps left open').of();
    this.#lost = metrics
      .counter('gateway_backplane_failures_total', 'Messages that could not be published to other gateways')
      .of();
    this.#closings = metrics.counter('gateway_closings_total', 'Connections closed by this gateway', [
      'reason',
    ]);
    const dropped = 'Transient events dropped for slow connections';
    this.#dropped = metrics.counter('gateway_dropped_total', dropped).of();
    this.#handshakes = metrics.counter('gateway_handshakes_total', 'Handshakes by outcome', ['outcome']);
    const forwards = 'Forwarded requests by outcome';
    this.#forwards = metrics.counter('gateway_forwards_total', forwards, ['kind', 'outcome']);
    const answers = 'Time from receiving a forwarded request to its owner’s answer';
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
      'Submissions waiting for the room’s writer',
      [],
      (gauge) => gauge.set(watched.pendingSubmissions()),
    );
    this.#metrics.gauge('gateway_redis_connected', 'Whether Redis can be reached', ['role'], (gauge) => {
      for (const [role, isConnected] of Object.entries(watched.redis()))
        gauge.set({ role }, isConnected ? 1 : 0);
    });
    this.#metrics.gauge('gateway_forwards_in_flight', 'Forwards in flight', ['kind'], (gauge) => {
      for (const [kind, count] of Object.entries(watched.forwards())) gauge.set({ kind }, count);
    });
  }

  /** A client event was handled. */
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

  handshake(outcome: HandshakeOutcome): void {
    this.#handshakes.of(outcome).add();
  }

  /** A forward has ended. */
  forwarded(kind: ForwardKind, outcome: ForwardOutcome): void {
    this.#forwards.of(kind, outcome).add();
  }

  /** Records the time to the answer. An upgraded connection lasts beyond it. */
  forwardAnswered(kind: ForwardKind, elapsedMs: number): void {
    this.#forwardAnswers.of(kind).record(elapsedMs / 1_000);
  }

  #doneOf(event: string): Counter {
    const known = this.#done.get(event) ?? this.#in.of(event, 'done');
    this.#done.set(event, known);
    return known;
  }
}

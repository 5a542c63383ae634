import type { Bus } from '@parley/bus';
import { answerWithin } from '@parley/runtime/async';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { secondsBuckets } from './buckets.ts';
import { Counter, Histogram, LabeledMetric } from './counters.ts';
import { MeasuredBus } from './measured-bus.ts';

export type { Gauge };

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

const brokerAnswersWithinMs = 2_000;

/** A frozen broker must not delay the other metrics. Its own metrics keep their last values. */
async function inTime(counts: Promise<Record<string, number>>): Promise<[string, number][]> {
  return Object.entries(await answerWithin(brokerAnswersWithinMs, counts).catch(() => ({})));
}

/**
 * The metrics of one process, for all its services. Names begin with `parley_`; units come last.
 * deploy/observability/metrics.md explains each metric.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #pools = new Map<string, Pool>();
  readonly #buses = new Set<Bus>();
  /** By method, route and status. */
  readonly httpDuration: LabeledMetric<Histogram>;

  constructor() {
    // Adds the event loop's lag (`nodejs_eventloop_lag_*`), memory and CPU.
    collectDefaultMetrics({ register: this.registry });
    this.httpDuration = this.histogram(
      'http_request_duration_seconds',
      'Time to answer REST requests',
      ['method', 'route', 'status'],
      secondsBuckets,
    );
    const pools = this.#pools;
    this.gauge(
      'database_pool_connections',
      'Database connections by state',
      ['service', 'state'],
      (gauge) => {
        for (const [service, pool] of pools) {
          gauge.set({ service, state: 'used' }, pool.numUsed());
          gauge.set({ service, state: 'free' }, pool.numFree());
          gauge.set({ service, state: 'waiting' }, pool.numPendingAcquires());
        }
      },
    );
    this.#showBuses();
  }

  watchPool(service: string, database: { client: { pool?: Pool } }): void {
    if (database.client.pool) this.#pools.set(service, database.client.pool);
  }

  /** Wraps a bus to measure what is consumed over it. */
  measured(bus: Bus): Bus {
    this.#buses.add(bus);
    return new MeasuredBus(bus, this);
  }

  counter(name: string, help: string, labelNames: readonly string[] = []): LabeledMetric<Counter> {
    return new LabeledMetric(labelNames, () => new Counter()).register(
      this.registry,
      { name: `parley_${name}`, help, type: 'counter' },
      ({ count }, labels) => [{ metricName: `parley_${name}`, labels, value: count }],
    );
  }

  gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return new Gauge({
      name: `parley_${name}`,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect && {
        collect() {
          return collect(this);
        },
      }),
    });
  }

  /** @param bounds the highest value of each bucket, in the unit that the name ends with */
  histogram(
    name: string,
    help: string,
    labelNames: readonly string[],
    bounds: readonly number[],
  ): LabeledMetric<Histogram> {
    return new LabeledMetric(labelNames, () => new Histogram(bounds)).register(
      this.registry,
      { name: `parley_${name}`, help, type: 'histogram' },
      (member, labels) => member.samples(`parley_${name}`, labels),
    );
  }

  #showBuses(): void {
    const buses = this.#buses;
    this.gauge(
      'bus_queue_depth',
      'Events waiting in the group queues that this process consumes',
      ['queue'],
      async (gauge) => {
        for (const bus of buses) {
          for (const [queue, depth] of await inTime(bus.depths())) gauge.set({ queue }, depth);
        }
      },
    );
    this.gauge(
      'bus_dead_letters',
      'Dead letters of the groups that this process consumes for',
      ['group'],
      async (gauge) => {
        for (const bus of buses) {
          for (const [group, count] of await inTime(bus.deadLetterCounts())) gauge.set({ group }, count);
        }
      },
    );
    this.gauge('bus_unconfirmed', 'Published events that the broker has not confirmed', [], (gauge) => {
      for (const bus of buses) gauge.set(bus.unconfirmed);
    });
    this.gauge('bus_connected', 'Whether the broker can be reached', [], (gauge) => {
      for (const bus of buses) gauge.set(bus.connected ? 1 : 0);
    });
  }
}

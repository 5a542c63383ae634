import type { Bus } from '@parley/bus';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram };

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** The metrics of one process, whichever services live in it. Names begin with `parley_`, units come last. */
export class Metrics {
  readonly registry = new Registry();
  readonly #pools = new Map<string, Pool>();
  readonly #buses = new Set<Bus>();
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    // Brings the event loop's lag (`nodejs_eventloop_lag_*`), memory and CPU.
    collectDefaultMetrics({ register: this.registry });
    this.httpDuration = this.histogram(
      'http_request_duration_seconds',
      'Time to answer REST requests',
      ['method', 'route', 'status'],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    );
    const pools = this.#pools;
    this.gauge('database_pool_connections', 'Database connections by state', ['service', 'state'], (gauge) => {
      for (const [service, pool] of pools) {
        gauge.set({ service, state: 'used' }, pool.numUsed());
        gauge.set({ service, state: 'free' }, pool.numFree());
        gauge.set({ service, state: 'waiting' }, pool.numPendingAcquires());
      }
    });
    const buses = this.#buses;
    this.gauge('bus_queue_depth', 'Events waiting in the group queues that this process consumes', ['queue'], async (gauge) => {
      for (const bus of buses) {
        for (const [queue, depth] of Object.entries(await bus.depths())) gauge.set({ queue }, depth);
      }
    });
    this.gauge('bus_dead_letters', 'Events that a group which this process consumes for gave up on', ['group'], async (gauge) => {
      for (const bus of buses) {
        for (const [group, count] of Object.entries(await bus.deadLetterCounts())) gauge.set({ group }, count);
      }
    });
    this.gauge('bus_connected', 'Whether the broker can be reached', [], (gauge) => {
      for (const bus of buses) gauge.set(bus.connected ? 1 : 0);
    });
  }

  watchPool(service: string, database: { client: { pool?: Pool } }): void {
    if (database.client.pool) this.#pools.set(service, database.client.pool);
  }

  watchBus(bus: Bus): void {
    this.#buses.add(bus);
  }

  counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({
      name: `parley_${name}`,
      help,
      labelNames,
      registers: [this.registry],
    });
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

  histogram<L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]): Histogram<L> {
    return new Histogram({
      name: `parley_${name}`,
      help,
      labelNames,
      buckets,
      registers: [this.registry],
    });
  }
}

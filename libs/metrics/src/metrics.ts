import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Counter, Histogram, LabeledMetric } from './counters.ts';

export type { Gauge };

interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/**
 * Interval at which the event loop's lag is measured. At the default of 10 ms, measuring took a
 * third of the processor time of an idle service.
 */
const lagPrecisionMs = 40;

/**
 * The metrics of one process, for all its services. Names begin with `parley_`; units come last.
 * deploy/observability/metrics.md explains each metric.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #pools = new Map<string, Pool>();

  constructor() {
    // Adds the event loop's lag (`nodejs_eventloop_lag_*`), memory and CPU.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: lagPrecisionMs });
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
  }

  watchPool(service: string, database: { client: { pool?: Pool } }): void {
    if (database.client.pool) this.#pools.set(service, database.client.pool);
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
}

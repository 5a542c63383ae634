import {
  type BatchHandler,
  type Bus,
  type ConsumeOptions,
  type Consumer,
  ForwardingBus,
  mayPass,
} from '@parley/bus';
import type { GroupOf, Topic } from '@parley/contracts';
import { answerWithin } from '@parley/runtime';
import { secondsBuckets, sizeBuckets } from './buckets.ts';
import type { Counter, Histogram, LabeledMetric } from './counters.ts';
import type { Metrics } from './metrics.ts';

/** Events that queued up during an outage are old when they arrive. */
const lagBuckets = [...secondsBuckets, 30, 60, 300];

const brokerAnswersWithinMs = 2_000;

/** A frozen broker must not delay the other metrics. Its own metrics keep their last values. */
async function inTime(counts: Promise<Record<string, number>>): Promise<[string, number][]> {
  return Object.entries(await answerWithin(brokerAnswersWithinMs, counts).catch(() => ({})));
}

/**
 * Measures a process's bus: its connection, its queues and what is consumed over it. Counts once
 * per batch, so the cost does not depend on its size.
 */
export class MeasuredBus extends ForwardingBus {
  readonly #events: LabeledMetric<Counter>;
  readonly #sizes: LabeledMetric<Histogram>;
  readonly #durations: LabeledMetric<Histogram>;
  readonly #lags: LabeledMetric<Histogram>;

  constructor(bus: Bus, metrics: Pick<Metrics, 'counter' | 'gauge' | 'histogram'>) {
    super(bus);
    const lane = ['topic', 'group'];
    this.#events = metrics.counter('bus_events_total', 'Events given to a handler, by outcome', [
      'queue',
      'outcome',
    ]);
    this.#sizes = metrics.histogram(
      'bus_batch_size',
      'Events per batch given to a handler',
      lane,
      sizeBuckets,
    );
    this.#durations = metrics.histogram(
      'bus_batch_duration_seconds',
      'Time to handle a batch',
      lane,
      secondsBuckets,
    );
    this.#lags = metrics.histogram(
      'bus_lag_seconds',
      'Age of the oldest event of a batch when a handler gets it',
      lane,
      lagBuckets,
    );
    metrics.gauge(
      'bus_queue_depth',
      'Events waiting in the group queues that this process consumes',
      ['queue'],
      async (gauge) => {
        for (const [queue, depth] of await inTime(bus.depths())) gauge.set({ queue }, depth);
      },
    );
    metrics.gauge(
      'bus_dead_letters',
      'Dead letters of the groups that this process consumes for',
      ['group'],
      async (gauge) => {
        for (const [group, count] of await inTime(bus.deadLetterCounts())) gauge.set({ group }, count);
      },
    );
    metrics.gauge('bus_unconfirmed', 'Published events that the broker has not confirmed', [], (gauge) =>
      gauge.set(bus.unconfirmed),
    );
    metrics.gauge('bus_connected', 'Whether the broker can be reached', [], (gauge) =>
      gauge.set(bus.connected ? 1 : 0),
    );
  }

  override consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer> {
    const size = this.#sizes.of(topic, group);
    const duration = this.#durations.of(topic, group);
    const lag = this.#lags.of(topic, group);
    const outcomes = (partition: number, outcome: string) =>
      this.#events.of(`${topic}.${group}.${partition}`, outcome);
    const measured: BatchHandler = async (events, context) => {
      const startedAt = performance.now();
      size.record(events.length);
      lag.record(Math.max(Date.now() - Date.parse(events[0]?.time ?? ''), 0) / 1_000);
      let outcome = 'handled';
      try {
        return (await handler(events, context)) ?? undefined;
      } catch (error) {
        outcome = mayPass(error) ? 'postponed' : 'failed';
        throw error;
      } finally {
        duration.record((performance.now() - startedAt) / 1_000);
        outcomes(context.partition, outcome).add(events.length);
      }
    };
    return super.consume(topic, group, measured, options);
  }
}

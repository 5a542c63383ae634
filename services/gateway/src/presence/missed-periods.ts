import type { Bus } from '@parley/bus';
import { type MissedPeriod, makeEvent } from '@parley/contracts';
import type { Clock, Logger } from '@parley/runtime';
import { chunks, pause } from '@parley/runtime/async';

interface Context {
  bus: Bus;
  newId: () => string;
  clock: Clock;
  logger: Logger;
}

const maxPerEvent = 500;
const maxWaiting = 100_000;
const retryMs = 1_000;

/**
 * Publishes missed periods in the partitions of their rooms. They wait while the broker is away,
 * and are lost with this gateway.
 */
export class MissedPeriods {
  readonly #context: Context;
  #waiting: MissedPeriod[] = [];
  #running = false;
  #stopped = false;

  constructor(context: Context) {
    this.#context = context;
  }

  report(missed: readonly MissedPeriod[]): void {
    this.#waiting.push(...missed.slice(0, maxWaiting - this.#waiting.length));
    if (this.#waiting.length > 0 && !this.#running) void this.#run();
  }

  /** Stops repeating. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const missed = this.#waiting;
      this.#waiting = [];
      const failed = await Promise.all(
        this.#batches(missed).map(async ({ partition, batch }) => {
          try {
            await this.#publish(partition, batch);
            return [];
          } catch (error) {
            this.#context.logger.warn({ err: error }, 'missed periods not published; will retry');
            return batch;
          }
        }),
      );
      this.#waiting.unshift(...failed.flat());
      if (this.#stopped) break;
      if (failed.flat().length > 0) await pause(retryMs, { ref: false });
    }
    this.#running = false;
  }

  #batches(missed: readonly MissedPeriod[]): { partition: number; batch: MissedPeriod[] }[] {
    const partitions = new Map<number, MissedPeriod[]>();
    for (const period of missed) {
      const partition = this.#context.bus.partitionOf('timeline', period.roomId);
      const periods = partitions.get(partition);
      if (periods) periods.push(period);
      else partitions.set(partition, [period]);
    }
    return [...partitions].flatMap(([partition, periods]) =>
      chunks(periods, maxPerEvent).map((batch) => ({ partition, batch })),
    );
  }

  #publish(partition: number, missed: MissedPeriod[]): Promise<void> {
    const { bus, newId, clock } = this.#context;
    const event = makeEvent('timeline.changed', { changes: [], missed }, { id: newId(), now: clock() });
    return bus.publish('timeline', partition, event);
  }
}

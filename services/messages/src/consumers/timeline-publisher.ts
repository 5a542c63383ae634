import { Linger } from '@parley/bus';
import { type Change, timelinePartitionOf } from '@parley/contracts';
import { atMost } from '@parley/runtime/async';
import type { Mark, MarkedChanges, MarkedRange } from '../domain/mark.ts';
import type { Context } from '../usecases/context.ts';
import { TimelineLane } from './timeline-lane.ts';
import { type MarkedPart, TimelineMarks } from './timeline-marks.ts';

/**
 * How long changes are gathered at most. A bus within the process gains nothing from it, and its
 * publishers of submissions wait for the confirmation.
 */
const gatherMs = { overBroker: 50, withinProcess: 0 };
const closeWithinMs = 5_000;
/** How often the marks of all partitions are checked for old ones, and their age. */
const oldMs = 30_000;

/**
 * Publishes committed changes to `timeline`, for all services but the gateways, off the critical
 * path: one lane for each of its few partitions, so that none waits for another. The batches write
 * marks with their changes, which are deleted when the broker has confirmed them. Changes whose
 * marks remain, because their writer was killed, are published by the next writer of the partition
 * of `submissions`, or by any writer that starts or has lost its connection to the broker.
 */
export class TimelinePublisher {
  readonly #context: Context;
  readonly #marks: TimelineMarks | undefined;
  /** Lanes that wait together check for other writers' marks together. */
  readonly #gather: Linger;
  /** By partition of `timeline`. */
  readonly #lanes = new Map<number, TimelineLane>();
  readonly #stop = new AbortController();
  #checking: NodeJS.Timeout | undefined;

  constructor(context: Context) {
    const { bus } = context;
    this.#context = context;
    this.#gather = new Linger(bus.durable ? gatherMs.overBroker : gatherMs.withinProcess);
    // Nothing survives on a bus within the process: see `republishLatest`.
    if (!bus.durable) return;
    this.#marks = new TimelineMarks(context);
    this.#checking = setInterval(() => void this.#adoptOld(oldMs), oldMs).unref();
    bus.onRecovered(() => void this.#adoptOld(0));
    void this.#adoptOld(0);
  }

  /** The mark of a new batch. */
  mark(parts: readonly MarkedPart[]): Mark | undefined {
    return this.#marks?.mark(parts);
  }

  /** A batch failed. Its committed changes are published, whether or not it is repeated. */
  abandon(): void {
    this.#marks?.abandon();
  }

  /**
   * Resolves when the broker has confirmed the changes of a batch in one partition of
   * `submissions`. Never rejects.
   */
  publish(partition: number, mark: Mark | undefined, changes: readonly Change[]): Promise<void> {
    return this.#laneOf(timelinePartitionOf(partition)).add({
      partition,
      id: mark?.parts.get(partition),
      changes,
    });
  }

  /** Publishes what has been gathered. Gives up after 5 s. */
  async close(): Promise<void> {
    clearInterval(this.#checking);
    await atMost(closeWithinMs, Promise.all([...this.#lanes.values()].map((lane) => lane.flush())));
    this.#stop.abort();
    await this.#marks?.close();
  }

  async #adoptOld(ageMs: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      for (const mark of (await this.#marks?.takeOld(ageMs)) ?? []) this.#adopt(mark);
    } catch (error) {
      this.#context.logger.warn(
        { err: error },
        'changes that other writers have left could not be found; will retry',
      );
    }
  }

  /** Its partition may be one of an earlier `TIMELINE_PARTITIONS`. */
  #adopt(mark: MarkedChanges): void {
    const partitions = new Map<number, MarkedRange[]>();
    for (const range of mark.ranges) {
      const partition = this.#context.bus.partitionOf('timeline', range.roomId);
      partitions.set(partition, [...(partitions.get(partition) ?? []), range]);
    }
    for (const [partition, ranges] of partitions) this.#laneOf(partition).adopt({ ...mark, ranges });
  }

  #laneOf(partition: number): TimelineLane {
    const lane =
      this.#lanes.get(partition) ??
      new TimelineLane(partition, {
        context: this.#context,
        marks: this.#marks,
        gather: this.#gather,
        stopped: this.#stop.signal,
      });
    this.#lanes.set(partition, lane);
    return lane;
  }
}

import { AsyncResource } from 'node:async_hooks';
import type { Envelope } from '@parley/contracts';
import type { BatchHandler, Confirmation } from './bus.ts';

/** The part of one partition in a combined batch. */
export interface PartitionBatch {
  partition: number;
  events: readonly Envelope[];
}

/**
 * Handles a combined batch. It may resolve with the confirmation of each partition's part (see
 * `BatchHandler`).
 */
export type CombinedHandler = (
  batches: readonly PartitionBatch[],
) => Promise<((partition: number) => Promise<unknown>) | undefined>;

interface Part extends PartitionBatch {
  /** Runs work in the asynchronous context, and so in the trace, of this partition's batch. */
  inContext: <T>(work: () => T) => T;
  resolve: (confirmation: Confirmation | undefined) => void;
  reject: (error: unknown) => void;
}

/** After this time, a batch no longer holds up those of the other partitions. */
const slowAfterMs = 250;

/**
 * Combines what waits in all partitions that a process consumes into one call of the handler, so
 * that more partitions do not make smaller batches.
 *
 * Each partition contributes one batch at a time, so its events are handled in order and never
 * twice at once. If a combined batch fails, each partition's part is handled alone, so that only
 * those fail that have a bad event or depend on what is away.
 * @param options.maxEvents of a combined batch; a partition's part is not split
 */
export function acrossPartitions(handle: CombinedHandler, options: { maxEvents: number }): BatchHandler {
  const lane = new CombinedLane(handle, options.maxEvents);
  return (events, { partition }) => lane.add(partition, events);
}

class CombinedLane {
  readonly #handle: CombinedHandler;
  readonly #maxEvents: number;
  #waiting: Part[] = [];
  /** A batch is about to start, or has been running for less than `slowAfterMs`. */
  #busy = false;

  constructor(handle: CombinedHandler, maxEvents: number) {
    this.#handle = handle;
    this.#maxEvents = maxEvents;
  }

  add(partition: number, events: readonly Envelope[]): Promise<Confirmation | undefined> {
    return new Promise((resolve, reject) => {
      const inContext = AsyncResource.bind(<T>(work: () => T): T => work());
      this.#waiting.push({ partition, events, inContext, resolve, reject });
      // Takes what other partitions receive in the same turn of the event loop.
      if (!this.#busy) this.#startIn(queueMicrotask);
    });
  }

  #startIn(schedule: (start: () => void) => void): void {
    this.#busy = true;
    schedule(() => void this.#run());
  }

  async #run(): Promise<void> {
    let isOver = false;
    const next = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(slow);
      this.#busy = false;
      // The partitions of this batch contribute to the next one, too.
      if (this.#waiting.length > 0) this.#startIn(setImmediate);
    };
    const slow = setTimeout(next, slowAfterMs);
    await this.#settle(this.#take());
    next();
  }

  #take(): Part[] {
    let events = 0;
    const end = this.#waiting.findIndex((part, index) => {
      events += part.events.length;
      return index > 0 && events > this.#maxEvents;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #settle(parts: readonly Part[]): Promise<void> {
    try {
      const confirm = await parts[0]?.inContext(() => this.#handle(parts));
      for (const { partition, resolve } of parts) resolve(confirm && (() => confirm(partition)));
    } catch (error) {
      if (parts.length > 1) await Promise.all(parts.map((part) => this.#settle([part])));
      else for (const { reject } of parts) reject(error);
    }
  }
}

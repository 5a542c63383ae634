import { AsyncResource } from 'node:async_hooks';
import type { Envelope } from '@parley/contracts';
import type { BatchHandler, Confirmation } from './bus.ts';
import { Turn } from './turn.ts';

/** The part of one partition in a combined batch. */
export interface PartitionBatch {
  partition: number;
  events: readonly Envelope[];
}

/**
 * Handles a combined batch. It may resolve with the confirmation of each partition's part (see
 * `BatchHandler`).
 */
export type CombinedHandler<Key = undefined> = (
  batches: readonly PartitionBatch[],
  key: Key,
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
 * @param options.keyOf partitions with different keys are not combined, and do not wait for each
 *   other. The key of a partition may change. @default all partitions are combined
 */
export function acrossPartitions(handle: CombinedHandler, options: { maxEvents: number }): BatchHandler;
export function acrossPartitions<Key>(
  handle: CombinedHandler<Key>,
  options: { maxEvents: number; keyOf: (partition: number) => Key },
): BatchHandler;
export function acrossPartitions<Key>(
  handle: CombinedHandler<Key | undefined>,
  { maxEvents, keyOf }: { maxEvents: number; keyOf?: (partition: number) => Key },
): BatchHandler {
  const lanes = new Map<Key | undefined, CombinedLane>();
  const laneOf = (partition: number) => {
    const key = keyOf?.(partition);
    const lane = lanes.get(key) ?? new CombinedLane((batches) => handle(batches, key), maxEvents);
    lanes.set(key, lane);
    return lane;
  };
  const add: BatchHandler = async (events, { partition }) => laneOf(partition).add(partition, events);
  return Object.assign(add, { turnOf: (partition: number) => laneOf(partition).turn });
}

class CombinedLane {
  /** Not free while a batch is about to start, or has been running for less than `slowAfterMs`. */
  readonly turn = new Turn();
  readonly #handle: (batches: readonly PartitionBatch[]) => ReturnType<CombinedHandler>;
  readonly #maxEvents: number;
  #waiting: Part[] = [];

  constructor(
    handle: (batches: readonly PartitionBatch[]) => ReturnType<CombinedHandler>,
    maxEvents: number,
  ) {
    this.#handle = handle;
    this.#maxEvents = maxEvents;
  }

  add(partition: number, events: readonly Envelope[]): Promise<Confirmation | undefined> {
    return new Promise((resolve, reject) => {
      const inContext = AsyncResource.bind(<T>(work: () => T): T => work());
      this.#waiting.push({ partition, events, inContext, resolve, reject });
      if (this.turn.isFree) this.#start();
    });
  }

  /** Takes what other partitions add in the same turn of the event loop. */
  #start(): void {
    this.turn.take();
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    let isOver = false;
    const next = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(slow);
      // The partitions of this batch contribute to the next one, too.
      setImmediate(() => this.#free());
    };
    const slow = setTimeout(next, slowAfterMs);
    await this.#settle(this.#take());
    next();
  }

  #free(): void {
    this.turn.free();
    if (this.#waiting.length > 0) this.#start();
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

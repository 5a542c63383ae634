import { type Change, makeEvent } from '@parley/contracts';
import { atMost, backoff, pause } from '@parley/runtime/async';
import type { Context } from '../usecases/context.ts';

/** Limits of one event. Brokers limit the size of a message. */
const maxChanges = 1_000;
const maxCharacters = 1_000_000;
/** Between attempts to publish. */
const pauses = { firstMs: 100, maxMs: 5_000 };
const closeWithinMs = 5_000;

type Deps = Pick<Context, 'bus' | 'clock' | 'newId' | 'logger'>;

/**
 * Publishes committed changes to `timeline`, for all services but the gateways. The changes of a
 * partition are gathered for `gatherMs`, or until they fill an event. A partition's next event
 * follows when the previous one is confirmed, so a repeated attempt never changes the order.
 */
export class TimelinePublisher {
  readonly #deps: Deps;
  readonly #gatherMs: number;
  readonly #lanes = new Map<number, Lane>();
  readonly #stop = new AbortController();

  constructor(deps: Deps, gatherMs: number) {
    this.#deps = deps;
    this.#gatherMs = gatherMs;
  }

  /** Resolves when the broker has confirmed the changes. Never rejects. */
  publish(partition: number, changes: readonly Change[]): Promise<void> {
    const lane =
      this.#lanes.get(partition) ?? new Lane(this.#deps, partition, this.#gatherMs, this.#stop.signal);
    this.#lanes.set(partition, lane);
    return lane.add(changes);
  }

  /** Publishes what has been gathered. Gives up after 5 s. */
  async close(): Promise<void> {
    await atMost(closeWithinMs, Promise.all([...this.#lanes.values()].map((lane) => lane.flush())));
    this.#stop.abort();
  }
}

interface Batch {
  changes: readonly Change[];
  confirmed: () => void;
}

/** The changes of one partition. */
class Lane {
  readonly #deps: Deps;
  readonly #partition: number;
  readonly #gatherMs: number;
  readonly #stopped: AbortSignal;
  #waiting: Batch[] = [];
  #size = 0;
  #running: Promise<void> | undefined;
  /** Aborts the current pause, or the next one if none is running. */
  #gathering = new AbortController();

  constructor(deps: Deps, partition: number, gatherMs: number, stopped: AbortSignal) {
    this.#deps = deps;
    this.#partition = partition;
    this.#gatherMs = gatherMs;
    this.#stopped = stopped;
  }

  add(changes: readonly Change[]): Promise<void> {
    return new Promise((confirmed) => {
      this.#waiting.push({ changes, confirmed });
      this.#size += changes.length;
      if (this.#size >= maxChanges) this.#gathering.abort();
      this.#running ??= this.#run();
    });
  }

  async flush(): Promise<void> {
    this.#gathering.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#stopped.aborted) {
      await pause(this.#gatherMs, { signal: this.#gathering.signal });
      this.#gathering = new AbortController();
      const batches = this.#waiting;
      this.#waiting = [];
      this.#size = 0;
      for (const changes of eventsOf(batches.flatMap((batch) => batch.changes))) await this.#publish(changes);
      if (!this.#stopped.aborted) for (const { confirmed } of batches) confirmed();
    }
    this.#running = undefined;
  }

  async #publish(changes: Change[]): Promise<void> {
    const { bus, clock, newId, logger } = this.#deps;
    const event = makeEvent('timeline.changed', { changes }, { id: newId(), now: clock() });
    for (let retries = 0; !this.#stopped.aborted; retries++) {
      try {
        return await bus.publish('timeline', this.#partition, event);
      } catch (error) {
        const pauseMs = backoff(retries, pauses);
        logger.warn(
          { err: error, changes: changes.length, pauseMs },
          'changes cannot be published to `timeline` yet; will retry',
        );
        await pause(pauseMs, { signal: this.#stopped });
      }
    }
  }
}

/** Splits changes into events, in order. */
function eventsOf(changes: readonly Change[]): Change[][] {
  const events: Change[][] = [];
  let characters = 0;
  for (const change of changes) {
    const size = 'message' in change ? change.message.content.length : 0;
    const last = events.at(-1);
    if (last && last.length < maxChanges && characters + size <= maxCharacters) {
      last.push(change);
      characters += size;
    } else {
      events.push([change]);
      characters = size;
    }
  }
  return events;
}

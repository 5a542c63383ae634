import type { Linger } from '@parley/bus';
import { type Change, makeEvent } from '@parley/contracts';
import { backoff, pause } from '@parley/runtime/async';
import type { MarkedChanges } from '../domain/mark.ts';
import { findAllMarks } from '../stores/marks.ts';
import type { Context } from '../usecases/context.ts';
import { readMarkedChanges } from '../usecases/read-marked-changes.ts';
import type { TimelineMarks } from './timeline-marks.ts';

/** Limits of one event. Brokers limit the size of a message. */
const maxChanges = 1_000;
const maxCharacters = 1_000_000;
/** Between attempts. */
const pauses = { firstMs: 100, maxMs: 5_000 };

interface LaneDeps {
  context: Pick<Context, 'db' | 'bus' | 'clock' | 'newId' | 'logger'>;
  /** Absent: changes need not survive this process. */
  marks: TimelineMarks | undefined;
  /** How long changes are gathered. Shared by all lanes. */
  gather: Linger;
  /** Gives up. */
  stopped: AbortSignal;
}

/** The part of one partition of `submissions` in a batch. */
interface Part {
  partition: number;
  /** Absent: its marks stay, or it has none. */
  id: string | undefined;
  changes: readonly Change[];
}

/**
 * Publishes to one partition of `timeline`, in rounds, the changes of all partitions of
 * `submissions` that belong to it. They are gathered until the lanes' shared wait ends, and until
 * the previous round is confirmed.
 *
 * Each round begins with the changes that other writers of its rooms' partitions have left. A
 * change is committed after all earlier changes of its room, so their marks are visible by then.
 */
export class TimelineLane {
  /** Of `timeline`. */
  readonly #partition: number;
  readonly #deps: LaneDeps;
  #waiting: (Part & { confirmed: () => void })[] = [];
  #size = 0;
  /** Changes that other writers have left. */
  #left: MarkedChanges[] = [];
  #running: Promise<void> | undefined;
  /** Ends the current wait, or the next one if none is running. */
  #gathering = new AbortController();

  constructor(partition: number, deps: LaneDeps) {
    this.#partition = partition;
    this.#deps = deps;
  }

  /** Resolves when the changes are confirmed. */
  add(part: Part): Promise<void> {
    return new Promise((confirmed) => {
      this.#waiting.push({ ...part, confirmed });
      this.#size += part.changes.length;
      if (this.#size >= maxChanges) this.#gathering.abort();
      this.#running ??= this.#run();
    });
  }

  adopt(mark: MarkedChanges): void {
    this.#left.push(mark);
    this.#running ??= this.#run();
  }

  async flush(): Promise<void> {
    this.#gathering.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { marks, gather, stopped } = this.#deps;
    while (this.#waiting.length + this.#left.length > 0 && !stopped.aborted) {
      await gather.wait(this.#gathering.signal);
      this.#gathering = new AbortController();
      const parts = this.#waiting;
      this.#waiting = [];
      this.#size = 0;
      const left = await this.#retry(() => this.#readLeft(parts));
      const changes = [...(left?.changes ?? []), ...parts.flatMap((part) => part.changes)];
      for (const some of eventsOf(changes)) await this.#publish(some);
      if (stopped.aborted) break;
      for (const { confirmed } of parts) confirmed();
      marks?.confirm(
        parts.flatMap(({ id }) => id ?? []),
        left?.marks ?? [],
      );
    }
    this.#running = undefined;
  }

  async #readLeft(
    parts: readonly Part[],
  ): Promise<{ marks: MarkedChanges[]; changes: Change[] } | undefined> {
    const { context, marks } = this.#deps;
    if (!marks) return undefined;
    const partitionsLeft = () =>
      this.#left.flatMap(({ ranges }) =>
        ranges.map(({ roomId }) => context.bus.partitionOf('submissions', roomId)),
      );
    const concerned = new Set([...parts.map(({ partition }) => partition), ...partitionsLeft()]);
    this.#left.push(...(await marks.takeNew([...concerned])));
    if (this.#left.length === 0) return undefined;
    const left = [...this.#left];
    // The writers' changes may alternate. With our own, which follow again, they are in order.
    const all = await findAllMarks(context.db, [...new Set(partitionsLeft())]);
    const changes = await readMarkedChanges(context, [...left, ...all]);
    this.#left.splice(0, left.length);
    context.logger.info(
      { partition: this.#partition, changes: changes.length },
      'publishing changes that another writer may not have published',
    );
    return { marks: left, changes };
  }

  async #publish(changes: Change[]): Promise<void> {
    const { bus, clock, newId } = this.#deps.context;
    const event = makeEvent('timeline.changed', { changes }, { id: newId(), now: clock() });
    await this.#retry(() => bus.publish('timeline', this.#partition, event));
  }

  async #retry<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const { context, stopped } = this.#deps;
    for (let retries = 0; !stopped.aborted; retries++) {
      try {
        return await attempt();
      } catch (error) {
        const pauseMs = backoff(retries, pauses);
        context.logger.warn(
          { err: error, partition: this.#partition, pauseMs },
          'changes cannot be published to `timeline` yet; will retry',
        );
        await pause(pauseMs, { signal: stopped });
      }
    }
    return undefined;
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

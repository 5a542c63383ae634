import { pause } from '@parley/runtime/async';
import { laggingRooms } from '../stores/search-index.ts';
import type { Context } from './context.ts';
import { indexRooms } from './index-rooms.ts';

/** Changes are gathered this long, so that a busy room is not indexed message by message. */
const gatherMs = 250;
const roomsAtOnce = 200;
/** Rooms checked together by the sweep. */
const pageSize = 1_000;
/** The sweep rests as long as it works, so that it takes at most half of one connection. */
const restPerWork = 1;
const sweepEveryMs = 300_000;
const retryMs = 5_000;
const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Follows the rooms' timelines with the search index, off the write path. The process that writes a
 * room also indexes it, shortly after. A sweep of all rooms, at the start and then every five
 * minutes, finds what other processes have left, and all rooms after an upgrade. Searches read what
 * is not indexed from the timeline, so nothing depends on how fast this is.
 */
export class KeepIndexing {
  readonly #context: Context;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** The rest of the current page of the sweep. */
  #lagging: string[] = [];
  /** Undefined: the sweep is complete. */
  #after: string | undefined = firstId;
  #sweepAt = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#running = this.#run();
  }

  /** Starts no further round; resolves when the current one has ended. */
  stop(): Promise<void> {
    this.#stopping.abort();
    this.#context.changedRooms.wake();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { changedRooms, logger } = this.#context;
    while (!signal.aborted) {
      const live = changedRooms.take(roomsAtOnce);
      try {
        changedRooms.addRooms(await this.#index(live));
        await this.#sweep();
      } catch (error) {
        changedRooms.addRooms(live);
        if (signal.aborted) return;
        logger.warn({ err: error }, 'messages could not be indexed for the search; will retry');
        await pause(retryMs, { signal, ref: false });
      }
      const rests = () => !signal.aborted && !this.#isSweeping();
      if (rests()) await changedRooms.wait(this.#sweepAt - performance.now());
      if (rests()) await pause(gatherMs, { signal, ref: false });
    }
  }

  /** Returns the rooms that have more. */
  async #index(roomIds: readonly string[]): Promise<string[]> {
    const { messages, unfinished } = await indexRooms(this.#context, roomIds);
    this.#context.searchMetrics.indexed(messages);
    return unfinished;
  }

  #isSweeping(): boolean {
    return this.#after !== undefined || this.#lagging.length > 0;
  }

  /** One bounded round of the sweep, if it is due. */
  async #sweep(): Promise<void> {
    const startedAt = performance.now();
    if (!this.#isSweeping() && startedAt >= this.#sweepAt) this.#after = firstId;
    if (!this.#isSweeping()) return;
    if (this.#lagging.length === 0) await this.#readPage();
    const round = this.#lagging.slice(0, roomsAtOnce);
    const unfinished = await this.#index(round);
    this.#lagging = [...unfinished, ...this.#lagging.slice(round.length)];
    const endedAt = performance.now();
    if (!this.#isSweeping()) this.#sweepAt = endedAt + sweepEveryMs;
    const { signal } = this.#stopping;
    await pause((endedAt - startedAt) * restPerWork, { signal, ref: false });
  }

  async #readPage(): Promise<void> {
    const { db } = this.#context;
    const page = await laggingRooms(db, this.#after ?? firstId, pageSize);
    this.#lagging = page.lagging;
    this.#after = page.isLastPage ? undefined : page.last;
  }
}

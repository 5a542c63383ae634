import type { Message, ServerPayload } from '@parley/contracts';
import { pause } from '@parley/runtime/async';
import { type Query, SequenceBuffer } from '@parley/sequence';
import type { HistoryPage, RoomCursor, SyncAnswer, SyncedRoom } from './answers.ts';
import { backOffMs } from './back-off.ts';
import { catchUp } from './catch-up.ts';
import type { TimelineEvent } from './events.ts';

/** Maximum number of early events per room. A sync fetches the rest again. */
const maxEarly = 1_000;

/** The state of one followed room: the changes emitted, and those still missing. */
export class RoomFeed {
  readonly events: SequenceBuffer<TimelineEvent>;
  /** A sync has delivered all read positions up to here. */
  readSeq = 0;
  /** How many members are online, if the server counts them since the room was joined. */
  online: number | undefined;

  /** @param since everything up to here is known; without it, the room starts where it is joined */
  constructor(since?: number) {
    this.events = new SequenceBuffer(maxEarly, since);
  }
}

export interface ResumerDeps {
  sync: (rooms: RoomCursor[]) => Promise<SyncAnswer>;
  historyAfter: (roomId: string, seq: number) => Promise<HistoryPage>;
  /** Undefined once the room is no longer followed. */
  feedOf: (roomId: string) => RoomFeed | undefined;
  emitEvents: (events: readonly TimelineEvent[]) => void;
  emitRead: (read: ServerPayload<'messages_read'>) => void;
  /** Earlier events of the room are void: see `SessionEvents.reset`. */
  reset: (roomId: string) => void;
  /** The user no longer belongs to the room. */
  gone: (roomId: string) => void;
  random: () => number;
  signal: AbortSignal;
}

interface Asked {
  feed: RoomFeed;
  query: Query;
}

const roomsPerCall = 100;

/**
 * Fetches what the rooms' buffers ask for, page by page, until nothing is missing. Requests that
 * arrive at about the same time share a call.
 */
export class Resumer {
  readonly #deps: ResumerDeps;
  readonly #asked = new Set<string>();
  #running: Promise<void> | undefined;
  #pausing = new AbortController();

  constructor(deps: ResumerDeps) {
    this.#deps = deps;
  }

  /** Fetches what the room's buffer asks for, if anything. */
  ask(roomId: string): void {
    this.#asked.add(roomId);
    this.#running ??= this.#run();
  }

  /**
   * Syncs these rooms by a call of the caller's own, whether or not they are known to be behind.
   * Resolves with its answer; what it leaves open is fetched in the background.
   * @throws as `sync`; nothing has changed then
   */
  async resume<A extends SyncAnswer>(
    roomIds: readonly string[],
    sync: (rooms: RoomCursor[]) => Promise<A>,
  ): Promise<A> {
    const { feedOf } = this.#deps;
    const cursors: RoomCursor[] = [];
    const asked = new Map<string, Asked>();
    for (const roomId of roomIds) {
      const feed = feedOf(roomId);
      if (feed?.events.last === undefined) continue;
      feed.events.check();
      cursors.push({ roomId, seq: feed.events.last, readSeq: feed.readSeq });
      // Another query of the room may be outstanding. Its outcome counts, and then the check above.
      const query = feed.events.ask();
      if (query) asked.set(roomId, { feed, query });
    }
    try {
      const answer = await sync(cursors);
      await this.#applyAll(answer, asked);
      return answer;
    } finally {
      this.#release(asked);
      for (const { roomId } of cursors) if (feedOf(roomId)?.events.behind) this.ask(roomId);
    }
  }

  /** Resolves when nothing is missing. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Retries at once, because the connection is back. */
  hurry(): void {
    this.#pausing.abort();
  }

  async #run(): Promise<void> {
    const { signal, random } = this.#deps;
    // Lets requests of the same moment join the call.
    await Promise.resolve();
    for (let failures = 0; this.#asked.size > 0 && !signal.aborted; ) {
      const batch = [...this.#asked].slice(0, roomsPerCall);
      for (const roomId of batch) this.#asked.delete(roomId);
      let advanced = false;
      try {
        advanced = await this.#resume(batch);
      } catch {
        for (const roomId of batch) this.#asked.add(roomId);
      }
      failures = advanced ? 0 : failures + 1;
      if (advanced || this.#asked.size === 0) continue;
      this.#pausing = new AbortController();
      const stop = () => this.#pausing.abort();
      signal.addEventListener('abort', stop, { once: true });
      await pause(backOffMs(failures, random), { signal: this.#pausing.signal });
      signal.removeEventListener('abort', stop);
      if (this.#pausing.signal.aborted) failures = 0;
    }
    this.#running = undefined;
  }

  /**
   * Syncs these rooms in one call. Resolves with whether any room advanced.
   * @throws ParleyError when the call failed
   */
  async #resume(roomIds: readonly string[]): Promise<boolean> {
    const { sync, feedOf } = this.#deps;
    const asked = new Map<string, Asked>();
    for (const roomId of roomIds) {
      const feed = feedOf(roomId);
      const query = feed?.events.ask();
      if (feed && query) asked.set(roomId, { feed, query });
    }
    if (asked.size === 0) return true;
    try {
      const answer = await sync(
        [...asked].map(([roomId, { feed, query }]) => ({ roomId, seq: query.after, readSeq: feed.readSeq })),
      );
      return await this.#applyAll(answer, asked);
    } finally {
      this.#release(asked);
    }
  }

  /** Resolves with whether any room advanced. */
  async #applyAll(answer: SyncAnswer, asked: ReadonlyMap<string, Asked>): Promise<boolean> {
    for (const roomId of answer.gone) this.#deps.gone(roomId);
    let advanced = answer.gone.length > 0;
    for (const room of answer.rooms) {
      const one = asked.get(room.roomId);
      if (one && (await this.#apply(room, one))) advanced = true;
    }
    return advanced;
  }

  /** Does nothing for those that were answered. */
  #release(asked: ReadonlyMap<string, Asked>): void {
    for (const { feed, query } of asked.values()) feed.events.failed(query);
  }

  async #apply(
    { roomId, seq, readSeq, hasMore, changes, positions, reset }: SyncedRoom,
    { feed, query }: Asked,
  ): Promise<boolean> {
    const { feedOf, emitEvents, emitRead } = this.#deps;
    const created = hasMore ? await this.#created(roomId, query.after, seq) : [];
    // The room may have been left meanwhile, and joined again.
    if (feedOf(roomId) !== feed) return false;
    const { events, readSeq: readBefore } = feed;
    if (reset) {
      events.restart(seq);
      feed.readSeq = readSeq;
      this.#deps.reset(roomId);
      return true;
    }
    const before = events.last ?? 0;
    const items = catchUp(roomId, changes, created, before);
    emitEvents(events.answer(query, { items, upTo: seq, atEnd: !hasMore }));
    for (const { userId, username, seq: read, readAt } of positions) {
      if (readAt !== null) emitRead({ userId, username, roomId, seq: read, readAt });
    }
    feed.readSeq = readSeq;
    if (hasMore) events.check();
    if (events.behind) this.#asked.add(roomId);
    return (events.last ?? 0) > before || readSeq > readBefore;
  }

  /**
   * A page lacks messages that changed after its end. If it is not the last page, the history has
   * those that were created within it.
   */
  async #created(roomId: string, after: number, upTo: number): Promise<Message[]> {
    const created: Message[] = [];
    for (let from = after; from < upTo; ) {
      const { messages, pagination } = await this.#deps.historyAfter(roomId, from);
      created.push(...messages.filter(({ seq }) => seq <= upTo));
      if (!pagination.hasMore) break;
      from = pagination.after_seq ?? upTo;
    }
    return created;
  }
}

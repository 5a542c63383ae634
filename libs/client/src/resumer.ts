import type { Message, ServerPayload } from '@parley/contracts';
import { pause } from '@parley/runtime/async';
import type { HistoryPage, RoomCursor, SyncAnswer, SyncedRoom } from './answers.ts';
import { backOffMs } from './back-off.ts';
import { catchUp } from './catch-up.ts';
import type { TimelineEvent } from './events.ts';
import type { RoomFeed } from './room-feed.ts';

export interface ResumerDeps {
  sync: (rooms: RoomCursor[]) => Promise<SyncAnswer>;
  historyAfter: (roomId: string, seq: number) => Promise<HistoryPage>;
  /** Undefined once the room is no longer followed. */
  feedOf: (roomId: string) => RoomFeed<TimelineEvent> | undefined;
  emitEvents: (events: readonly TimelineEvent[]) => void;
  emitRead: (read: ServerPayload<'messages_read'>) => void;
  /** Earlier events of the room are void: see `SessionEvents.reset`. */
  reset: (roomId: string) => void;
  /** The user no longer belongs to the room. */
  gone: (roomId: string) => void;
  random: () => number;
  signal: AbortSignal;
}

const roomsPerCall = 100;

/**
 * Fetches missed events of rooms, page by page, until no room has a gap. Requests that arrive at
 * about the same time share a call.
 */
export class Resumer {
  readonly #deps: ResumerDeps;
  readonly #asked = new Set<string>();
  #running = false;
  #pausing = new AbortController();

  constructor(deps: ResumerDeps) {
    this.#deps = deps;
  }

  ask(roomId: string): void {
    this.#asked.add(roomId);
    if (!this.#running) void this.#run();
  }

  /** Retries at once, because the connection is back. */
  hurry(): void {
    this.#pausing.abort();
  }

  async #run(): Promise<void> {
    const { signal, random } = this.#deps;
    this.#running = true;
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
    this.#running = false;
  }

  /**
   * Syncs these rooms in one call. Resolves with whether any room advanced. @throws when the call
   * failed
   */
  async #resume(roomIds: readonly string[]): Promise<boolean> {
    const { sync, feedOf, gone } = this.#deps;
    const rooms = roomIds.flatMap((roomId) => {
      const feed = feedOf(roomId);
      return feed?.cursor === undefined ? [] : [{ roomId, seq: feed.cursor, readSeq: feed.readCursor }];
    });
    if (rooms.length === 0) return true;
    const answer = await sync(rooms);
    for (const roomId of answer.gone) gone(roomId);
    let advanced = answer.gone.length > 0;
    for (const room of answer.rooms) {
      const asked = rooms.find(({ roomId }) => roomId === room.roomId);
      if (await this.#apply(room, asked?.seq ?? 0)) advanced = true;
    }
    return advanced;
  }

  async #apply(
    { roomId, seq, readSeq, hasMore, changes, positions, reset }: SyncedRoom,
    askedAfter: number,
  ): Promise<boolean> {
    const { feedOf, emitEvents, emitRead } = this.#deps;
    const created = hasMore ? await this.#created(roomId, askedAfter, seq) : [];
    const feed = feedOf(roomId);
    if (!feed) return false;
    if (reset) {
      feed.restart(seq);
      feed.readCursor = readSeq;
      this.#deps.reset(roomId);
      return true;
    }
    const before = feed.cursor ?? 0;
    const readBefore = feed.readCursor;
    emitEvents(feed.cover(seq, catchUp(roomId, changes, created, before)));
    for (const { userId, username, seq: read, readAt } of positions) {
      if (readAt !== null) emitRead({ userId, username, roomId, seq: read, readAt });
    }
    feed.readCursor = readSeq;
    if (hasMore || feed.gap) this.#asked.add(roomId);
    return (feed.cursor ?? 0) > before || readSeq > readBefore;
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

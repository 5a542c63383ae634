import type { Caller, SyncChange } from '@parley/contracts';
import type { Database } from '@parley/database';
import { toSyncChange } from '../domain/timeline-row.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { RoomGuard } from './room-guard.ts';

export interface SyncedRoom {
  roomId: string;
  seq: number;
  hasMore: boolean;
  changes: SyncChange[];
}

/** What changed in rooms since the `seq`s that a client knows, at any age: one index range per room. */
export class SyncRooms {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #rooms: RoomStore;
  readonly #guard: RoomGuard;

  constructor(deps: { db: Database; timeline: TimelineStore; rooms: RoomStore; guard: RoomGuard }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#rooms = deps.rooms;
    this.#guard = deps.guard;
  }

  async run(
    caller: Caller,
    asked: readonly { roomId: string; seq: number }[],
    limit: number,
  ): Promise<{ rooms: SyncedRoom[]; gone: string[] }> {
    const cursors = [...new Map(asked.map((one) => [one.roomId, one.seq]))];
    const standings = await this.#guard.standings(cursors.map(([roomId]) => ({ roomId, userId: caller.userId })));
    const rooms: SyncedRoom[] = [];
    const gone: string[] = [];
    for (const [index, [roomId, seq]] of cursors.entries()) {
      const standing = standings[index] ?? null;
      // A directory that cannot be asked must not make a client forget a room.
      if (standing instanceof Error) throw standing;
      if (standing?.member) rooms.push(await this.#room(roomId, seq, limit));
      else gone.push(roomId);
    }
    return { rooms, gone };
  }

  async #room(roomId: string, after: number, limit: number): Promise<SyncedRoom> {
    // The head first: what changes while we read is at worst told again.
    const head = await this.#rooms.head(this.#db, roomId);
    const rows = await this.#timeline.changedAfter(this.#db, roomId, after, limit + 1);
    const hasMore = rows.length > limit;
    const kept = rows.slice(0, limit);
    const last = kept.at(-1)?.changedSeq ?? after;
    return { roomId, seq: hasMore ? last : Math.max(last, head), hasMore, changes: kept.map(toSyncChange) };
  }
}

import type { Caller } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { ReadStore } from '../stores/read-store.ts';

/** Counting stops here in each room. */
const maxPerRoom = 1_000;

/** Unread counts, derived from read positions on each request, so they cannot drift. */
export class GetUnread {
  readonly #db: Database;
  readonly #reads: ReadStore;

  constructor(deps: { db: Database; reads: ReadStore }) {
    this.#db = deps.db;
    this.#reads = deps.reads;
  }

  async run(
    caller: Caller,
  ): Promise<{ rooms: { roomId: string; unread: number; seq: number; readSeq: number }[]; total: number }> {
    const rooms = await this.#reads.unread(this.#db, caller.userId, maxPerRoom);
    return { rooms, total: rooms.reduce((sum, room) => sum + room.unread, 0) };
  }
}

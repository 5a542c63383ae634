import type { Database } from '@parley/database';
import { toMessage } from '../domain/timeline-row.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { AddStatus, MessageWithStatus } from './add-status.ts';
import type { RoomGuard } from './room-guard.ts';

/**
 * The latest message of each of a user's rooms. Omits empty rooms and rooms of which they are not a
 * member.
 */
export class GetLatestMessages {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #guard: RoomGuard;
  readonly #status: AddStatus;

  constructor(deps: { db: Database; timeline: TimelineStore; guard: RoomGuard; status: AddStatus }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#guard = deps.guard;
    this.#status = deps.status;
  }

  async run(userId: string, roomIds: readonly string[]): Promise<MessageWithStatus[]> {
    const standings = await this.#guard.standings(roomIds.map((roomId) => ({ roomId, userId })));
    const own = standings.flatMap((standing) =>
      standing && !(standing instanceof Error) && standing.member ? [standing.room.id] : [],
    );
    const rows = await this.#timeline.latestOf(this.#db, own);
    return this.#status.of(rows.map(toMessage));
  }
}

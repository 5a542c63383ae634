import type { Change } from '@parley/contracts';
import type { Database } from '@parley/database';
import { toCreation, toUpdate } from '../domain/timeline-row.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';

/**
 * The changes of a room after a `seq`, for gateways that missed some. Only a row's creation and
 * last change are stored, so changes in between are skipped; the answer is complete up to its
 * `seq`.
 */
export class GetChanges {
  readonly #db: Database;
  readonly #timeline: TimelineStore;
  readonly #rooms: RoomStore;

  constructor(deps: { db: Database; timeline: TimelineStore; rooms: RoomStore }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
    this.#rooms = deps.rooms;
  }

  async run({
    roomId,
    afterSeq,
    limit,
  }: {
    roomId: string;
    afterSeq: number;
    limit: number;
  }): Promise<{ changes: Change[]; seq: number }> {
    const head = await this.#rooms.head(this.#db, roomId);
    if (afterSeq >= head) return { changes: [], seq: head };
    const seq = Math.min(head, afterSeq + limit);
    const [rows, to] = await Promise.all([
      this.#timeline.touchedWithin(this.#db, roomId, afterSeq, seq),
      this.#rooms.directPeople(this.#db, roomId),
    ]);
    const within = (number: number) => number > afterSeq && number <= seq;
    const numbered = rows.flatMap((row) => [
      ...(within(row.seq) ? [{ at: row.seq, change: toCreation(row, to) }] : []),
      ...(row.changedSeq !== row.seq && within(row.changedSeq)
        ? [{ at: row.changedSeq, change: toUpdate(row, to) }]
        : []),
    ]);
    return { changes: numbered.sort((a, b) => a.at - b.at).map(({ change }) => change), seq };
  }
}

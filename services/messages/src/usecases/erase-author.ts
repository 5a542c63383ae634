import type { SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { Clock } from '@parley/runtime';
import { toUpdate } from '../domain/timeline-row.ts';
import type { ErasureStore } from '../stores/erasure-store.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { Outcome } from './write-batch.ts';

interface Deps {
  db: Database;
  timeline: TimelineStore;
  rooms: RoomStore;
  erasure: ErasureStore;
  /** Whether to delete the messages as well. */
  deletesMessages: boolean;
  clock: Clock;
}

/**
 * Removes an erased author's name from a range of their messages. Each is a change of the room, so
 * clients replace the old name.
 */
export class EraseAuthor {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run({ roomId, by, after, upTo }: SubmissionOf<'erase'>): Promise<Outcome> {
    const { db, timeline, rooms, erasure, deletesMessages, clock } = this.#deps;
    return db.transaction(async (trx) => {
      await timeline.lockRoom(trx, roomId);
      const erased = await erasure.erase(
        trx,
        roomId,
        by.userId,
        { after, upTo },
        deletesMessages ? new Date(clock()) : null,
      );
      const people = await rooms.directPeople(trx, roomId);
      // Published even if nothing changed: a crash may have prevented it the first time.
      return { answer: { op: 'erase' }, changes: erased.map((row) => toUpdate(row, people)) };
    });
  }
}

import type { SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { Clock } from '@parley/runtime';
import { toUpdate } from '../domain/timeline-row.ts';
import type { ExpiryStore } from '../stores/expiry-store.ts';
import type { RoomStore } from '../stores/room-store.ts';
import type { TimelineStore } from '../stores/timeline-store.ts';
import type { ExpiryMetrics } from './expiry-metrics.ts';
import type { Outcome } from './write-batch.ts';

interface Deps {
  db: Database;
  timeline: TimelineStore;
  rooms: RoomStore;
  expiry: ExpiryStore;
  metrics: ExpiryMetrics;
  clock: Clock;
}

/**
 * Blanks a range of messages that are past their retention period. Each is a change of the room, so
 * clients drop the content.
 */
export class ExpireMessages {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async run({ roomId, after, upTo }: SubmissionOf<'expire'>): Promise<Outcome> {
    const { db, timeline, rooms, expiry, metrics, clock } = this.#deps;
    const { messages, expired, people } = await db.transaction(async (trx) => {
      await timeline.lockRoom(trx, roomId);
      const done = await expiry.expire(trx, { roomId, after, upTo }, new Date(clock()));
      return { ...done, people: await rooms.directPeople(trx, roomId) };
    });
    metrics.expired(expired);
    // Published even if nothing changed: a crash may have prevented it the first time.
    return { answer: { op: 'expire', expired }, changes: messages.map((row) => toUpdate(row, people)) };
  }
}

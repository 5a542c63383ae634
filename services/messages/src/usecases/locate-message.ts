import type { Database } from '@parley/database';
import type { TimelineStore } from '../stores/timeline-store.ts';

/**
 * The room of a message, for calls that name only the message. The caller must check access to the
 * room.
 */
export class LocateMessage {
  readonly #db: Database;
  readonly #timeline: TimelineStore;

  constructor(deps: { db: Database; timeline: TimelineStore }) {
    this.#db = deps.db;
    this.#timeline = deps.timeline;
  }

  run(messageId: string): Promise<string | null> {
    return this.#timeline.locate(this.#db, messageId);
  }
}

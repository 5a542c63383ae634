import { erasedName, type SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { ErasureStore } from '../stores/erasure-store.ts';

interface Deps {
  db: Database;
  erasure: ErasureStore;
  newId: () => string;
}

/** Messages per submission; small, because many submissions are written and published together. */
const messagesAtOnce = 25;

/**
 * Splits the erasure of an author's name into bounded submissions to the rooms' writers, in order.
 */
export class PlanErasure {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async *run(userId: string): AsyncGenerator<SubmissionOf<'erase'>> {
    const { db, erasure, newId } = this.#deps;
    const by = { userId, username: erasedName };
    for (const roomId of await erasure.roomIds(db, userId)) {
      for (const range of await erasure.ranges(db, roomId, userId, messagesAtOnce))
        yield { ref: 0, id: newId(), roomId, by, op: 'erase', ...range };
    }
  }
}

import { erasedName, type SubmissionOf } from '@parley/contracts';
import { authorRanges, authorRoomIds } from '../stores/erasure.ts';
import type { CommonContext } from './context.ts';

/** Messages per submission; small, because many submissions are written and published together. */
const messagesAtOnce = 25;

/**
 * Splits the erasure of an author's name into bounded submissions to the rooms' writers, in order.
 */
export async function* planErasure(
  { databases, newId }: CommonContext,
  userId: string,
): AsyncGenerator<SubmissionOf<'erase'>> {
  const by = { userId, username: erasedName };
  const roomIds = await databases.gatherAll(({ db }) => authorRoomIds(db, userId));
  for (const roomId of roomIds) {
    const { db } = databases.of(roomId);
    for (const range of await authorRanges(db, roomId, userId, messagesAtOnce))
      yield { ref: 0, id: newId(), roomId, by, op: 'erase', ...range };
  }
}

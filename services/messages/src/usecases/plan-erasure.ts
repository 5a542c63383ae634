import { erasedName, type SubmissionOf } from '@parley/contracts';
import { authorRanges, authorRoomIds } from '../stores/erasure.ts';
import type { Context } from './context.ts';

/** Messages per submission; small, because many submissions are written and published together. */
const messagesAtOnce = 25;

/**
 * Splits the erasure of an author's name into bounded submissions to the rooms' writers, in order.
 */
export async function* planErasure(
  { db, newId }: Context,
  userId: string,
): AsyncGenerator<SubmissionOf<'erase'>> {
  const by = { userId, username: erasedName };
  for (const roomId of await authorRoomIds(db, userId)) {
    for (const range of await authorRanges(db, roomId, userId, messagesAtOnce))
      yield { ref: 0, id: newId(), roomId, by, op: 'erase', ...range };
  }
}

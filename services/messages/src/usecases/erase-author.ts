import type { SubmissionOf } from '@parley/contracts';
import type { Outcome } from '../domain/outcome.ts';
import { toUpdate } from '../domain/timeline-row.ts';
import { eraseAuthorName } from '../stores/erasure.ts';
import { deleteMentions, forgetMentionsOf } from '../stores/mentions.ts';
import { deleteReactionsTo } from '../stores/reactions.ts';
import { directPeople } from '../stores/rooms.ts';
import { deleteThreadPositions } from '../stores/thread-positions.ts';
import { lockRoom } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/**
 * Removes an erased author's name from a range of their messages. Each is a change of the room, so
 * clients replace the old name.
 */
export function eraseAuthor(
  { db, erasesMessages, clock, mark }: Context,
  { roomId, by, after, upTo }: SubmissionOf<'erase'>,
): Promise<Outcome> {
  return db.transaction(async (trx) => {
    await lockRoom(trx, roomId);
    const deletedAt = erasesMessages ? new Date(clock()) : null;
    const erased = await eraseAuthorName(trx, roomId, by.userId, { after, upTo }, deletedAt, mark);
    await forgetMentionsOf(trx, roomId, by.userId);
    if (deletedAt) {
      await deleteMentions(trx, erased);
      await deleteReactionsTo(
        trx,
        roomId,
        erased.map(({ id }) => id),
      );
    }
    await deleteThreadPositions(trx, roomId, by.userId);
    const people = await directPeople(trx, roomId);
    // Published even if nothing changed: a crash may have prevented it the first time.
    return { answer: { op: 'erase' }, changes: erased.map((row) => toUpdate(row, people)) };
  });
}

import type { SubmissionOf } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { AppError, ErrorCode } from '@parley/errors';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { refuseReading, refuseWriting, type Standing } from '../domain/standing.ts';
import { type TimelineRow, toMessage, toUpdate } from '../domain/timeline-row.ts';
import { deleteReactionsTo } from '../stores/reactions.ts';
import { findMessage, lockRoom, nextSeq, updateMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { withinRate } from './within-rate.ts';

type MessageChange = SubmissionOf<'edit' | 'delete'>;

/**
 * Edits or deletes a message. A repeated edit or deletion takes no number. A deletion has no rate:
 * each message is deleted once, and its author must be able to take it back.
 */
export function changeMessage(context: Context, one: Authorized<MessageChange>): Promise<Outcome> {
  const { submission } = one;
  return submission.op === 'edit'
    ? withinRate(context, submission, (over) => write(context, one, over))
    : write(context, one, undefined);
}

function write(
  { db, clock, mark }: Context,
  { submission, standing }: Authorized<MessageChange>,
  over: AppError | undefined,
): Promise<Outcome> {
  return db.transaction(async (trx) => {
    await lockRoom(trx, submission.roomId);
    const row = await findMessage(trx, submission.roomId, submission.messageId);
    const refusal = refuseChange(submission, standing, row);
    if (refusal || !row) return refused(refusal ?? 'message_not_found');
    const done = submission.op === 'edit' ? row.content === submission.content : row.deletedAt !== null;
    if (over && !done) return refused(over);
    const updated = done ? row : await apply(trx, submission, row, { clock, mark });
    return {
      answer: { op: submission.op, message: toMessage(updated), repeated: done },
      // Published even if nothing changed: a crash may have prevented it the first time.
      // Receivers ignore a known `seq`.
      changes: [toUpdate(updated, standing.people)],
    };
  });
}

async function apply(
  trx: Queryable,
  submission: MessageChange,
  row: TimelineRow,
  { clock, mark }: Pick<Context, 'clock' | 'mark'>,
): Promise<TimelineRow> {
  const seq = await nextSeq(trx, submission.roomId, mark);
  const now = new Date(clock());
  if (submission.op === 'edit')
    return updateMessage(trx, row, { seq, content: submission.content, editedAt: now });
  await deleteReactionsTo(trx, row.roomId, [row.id]);
  return updateMessage(trx, row, { seq, content: '', deletedAt: now, reactions: [] });
}

/**
 * Senders change their own messages. Owners and admins may also delete others', except in direct
 * rooms.
 */
function refuseChange(
  submission: MessageChange,
  standing: Standing,
  row: TimelineRow | undefined,
): ErrorCode | undefined {
  const refusal = submission.op === 'edit' ? refuseWriting(standing) : refuseReading(standing);
  if (refusal) return refusal;
  if (!row) return 'message_not_found';
  const own = row.senderId === submission.by.userId;
  if (submission.op === 'edit') {
    if (!own) return 'not_authorized';
    return row.deletedAt ? 'message_not_found' : undefined;
  }
  const moderates = standing.room.kind !== 'direct' && standing.member?.role !== 'member';
  return own || moderates ? undefined : 'not_authorized';
}

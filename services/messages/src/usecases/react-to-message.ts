import type { Change, SubmissionOf } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Clock } from '@parley/runtime';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { countReactions, maxDistinctReactions } from '../domain/reaction-counts.ts';
import { refuseWriting } from '../domain/standing.ts';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';
import { activeReactions, findReaction, saveReaction } from '../stores/reactions.ts';
import { findMessage, lockRoom, nextSeq, updateMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';

/** Adds or withdraws a reaction. */
export async function reactToMessage(
  { db, clock }: Context,
  { submission, standing }: Authorized<SubmissionOf<'react'>>,
): Promise<Outcome> {
  const refusal = refuseWriting(standing);
  if (refusal) return refused(refusal);
  const { roomId, messageId, reaction, by } = submission;
  return db.transaction(async (trx) => {
    await lockRoom(trx, roomId);
    const row = await findMessage(trx, roomId, messageId);
    if (!row || row.deletedAt) return refused('message_not_found');
    const before = await findReaction(trx, roomId, messageId, by.userId, reaction);
    const was = before?.active ?? false;
    // A toggle that is redelivered after a crash must not toggle back.
    const on = before?.submissionId === submission.id ? was : (submission.on ?? !was);
    if (on && !was && isFull(row, reaction)) return refused('limit_reached');
    const updated = on === was ? row : await apply(trx, submission, row, on, clock);
    const change: Change = {
      roomId,
      seq: updated.changedSeq,
      ...(standing.people && { to: standing.people }),
      kind: 'message.reacted',
      message: toMessage(updated),
      by,
      reaction,
      on,
    };
    return {
      answer: { op: 'react', message: toMessage(updated), repeated: on === was },
      changes: [change],
    };
  });
}

async function apply(
  trx: Queryable,
  { id: submissionId, roomId, messageId, reaction, by: { userId } }: SubmissionOf<'react'>,
  row: TimelineRow,
  active: boolean,
  clock: Clock,
): Promise<TimelineRow> {
  const seq = await nextSeq(trx, roomId);
  const at = new Date(clock());
  await saveReaction(trx, { roomId, messageId, userId, reaction, active, submissionId, at });
  const reactions = countReactions(await activeReactions(trx, roomId, messageId));
  return updateMessage(trx, row, { seq, reactions });
}

const isFull = (row: TimelineRow, reaction: string): boolean =>
  (row.reactions?.length ?? 0) >= maxDistinctReactions &&
  !row.reactions?.some((count) => count.reaction === reaction);

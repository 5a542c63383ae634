import type { Change, SubmissionOf } from '@parley/contracts';
import { canonicalReaction } from '@parley/contracts/text';
import type { Queryable } from '@parley/database';
import type { AppError } from '@parley/errors';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { countReactions, maxDistinctReactions } from '../domain/reaction-counts.ts';
import { refuseWriting } from '../domain/standing.ts';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';
import {
  activeReactions,
  deleteReactions,
  insertReaction,
  reactionsOf,
  recordWithdrawal,
  type StoredReaction,
  wasWithdrawn,
} from '../stores/reactions.ts';
import { findMessage, lockRoom, nextSeq, updateMessage } from '../stores/timeline.ts';
import type { Context } from './context.ts';
import { withinRate } from './within-rate.ts';

/** Adds or withdraws a reaction. All forms of an emoji are one reaction. */
export function reactToMessage(context: Context, one: Authorized<SubmissionOf<'react'>>): Promise<Outcome> {
  return withinRate(context, one.submission, (over) => write(context, one, over));
}

async function write(
  { db, clock, mark }: Context,
  { submission, standing }: Authorized<SubmissionOf<'react'>>,
  over: AppError | undefined,
): Promise<Outcome> {
  const refusal = refuseWriting(standing);
  if (refusal) return refused(refusal);
  const { roomId, messageId, by } = submission;
  const reaction = canonicalReaction(submission.reaction);
  return db.transaction(async (trx) => {
    await lockRoom(trx, roomId);
    const row = await findMessage(trx, roomId, messageId);
    if (!row || row.deletedAt) return refused('message_not_found');
    const before = (await reactionsOf(trx, roomId, messageId, by.userId)).filter(
      (stored) => canonicalReaction(stored.reaction) === reaction,
    );
    const was = before.some(({ active }) => active);
    // A toggle that is redelivered after a crash must not toggle back.
    const isRepeated =
      before.some(({ submissionId }) => submissionId === submission.id) ||
      (await wasWithdrawn(trx, submission.id));
    const on = isRepeated ? was : (submission.on ?? !was);
    if (over && on !== was) return refused(over);
    if (on && !was && isFull(row, reaction)) return refused('limit_reached');
    const updated =
      on === was ? row : await apply(trx, { ...submission, reaction, on }, before, row, { clock, mark });
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
  {
    id: submissionId,
    roomId,
    messageId,
    reaction,
    on,
    by: { userId },
  }: SubmissionOf<'react'> & { on: boolean },
  before: readonly StoredReaction[],
  row: TimelineRow,
  { clock, mark }: Pick<Context, 'clock' | 'mark'>,
): Promise<TimelineRow> {
  const seq = await nextSeq(trx, roomId, mark);
  const at = new Date(clock());
  const forms = before.map((stored) => stored.reaction);
  await deleteReactions(trx, { roomId, messageId, userId, reactions: forms });
  if (on) await insertReaction(trx, { roomId, messageId, userId, reaction, submissionId, at });
  else await recordWithdrawal(trx, [submissionId, ...before.map((stored) => stored.submissionId)], at);
  const reactions = countReactions(await activeReactions(trx, roomId, messageId));
  return updateMessage(trx, row, { seq, reactions });
}

const isFull = (row: TimelineRow, reaction: string): boolean =>
  (row.reactions?.length ?? 0) >= maxDistinctReactions &&
  !row.reactions?.some((count) => canonicalReaction(count.reaction) === reaction);

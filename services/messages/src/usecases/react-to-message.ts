import type { Change, SubmissionOf } from '@parley/contracts';
import { canonicalReaction } from '@parley/contracts/text';
import type { AppError } from '@parley/errors';
import type { ChangingMessages } from '../domain/changing-messages.ts';
import { refuseChanged } from '../domain/conditions.ts';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { maxDistinctReactions } from '../domain/reaction-counts.ts';
import { refuseWriting } from '../domain/standing.ts';
import { type TimelineRow, toMessage } from '../domain/timeline-row.ts';

/**
 * Adds or withdraws a reaction. All forms of an emoji are one reaction.
 * @param over the refusal for anything new, if the author is over the limit
 */
export function reactToMessage(
  messages: ChangingMessages,
  { submission, standing }: Authorized<SubmissionOf<'react'>>,
  { over, now }: { over: AppError | undefined; now: Date },
): Outcome {
  const refusal = refuseWriting(standing);
  if (refusal) return refused(refusal);
  const { id: submissionId, roomId, messageId, by } = submission;
  const reaction = canonicalReaction(submission.reaction);
  const row = messages.find(roomId, messageId);
  if (!row || row.deletedAt) return refused('message_not_found');
  const owner = { messageId, userId: by.userId };
  const before = messages
    .reactionsOf(owner)
    .filter((stored) => canonicalReaction(stored.reaction) === reaction);
  const was = before.some(({ active }) => active);
  // A toggle that is redelivered after a crash must not toggle back.
  const isRepeated =
    before.some((stored) => stored.submissionId === submissionId) || messages.wasWithdrawn(submissionId);
  const on = isRepeated ? was : (submission.on ?? !was);
  const changed = on === was ? undefined : refuseChanged(submission, { seq: messages.headOf(roomId), row });
  if (changed) return refused(changed);
  if (over && on !== was) return refused(over);
  if (on && !was && isFull(row, reaction)) return refused('limit_reached');
  if (on !== was) {
    messages.replaceReaction(
      row,
      before,
      on ? { ...owner, roomId, reaction, submissionId, at: now } : undefined,
    );
    if (!on) messages.withdraw([submissionId, ...before.map((stored) => stored.submissionId)]);
  }
  const updated = messages.find(roomId, messageId) ?? row;
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
  return { answer: { op: 'react', message: toMessage(updated), repeated: on === was }, changes: [change] };
}

const isFull = (row: TimelineRow, reaction: string): boolean =>
  (row.reactions?.length ?? 0) >= maxDistinctReactions &&
  !row.reactions?.some((count) => canonicalReaction(count.reaction) === reaction);

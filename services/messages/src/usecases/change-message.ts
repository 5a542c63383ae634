import type { SubmissionOf } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import type { ChangingMessages } from '../domain/changing-messages.ts';
import { refuseChanged } from '../domain/conditions.ts';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { refuseReading, refuseWriting, type Standing } from '../domain/standing.ts';
import { type TimelineRow, toMessage, toUpdate } from '../domain/timeline-row.ts';
import type { EditMentions } from './edit-mentions.ts';

type MessageChange = SubmissionOf<'edit' | 'delete'>;

/**
 * Edits or deletes a message. A repeated edit or deletion takes no number. A deletion has no rate:
 * each message is deleted once, and its author must be able to take it back.
 * @param options.over the refusal for anything new, if the author is over the limit
 */
export function changeMessage(
  messages: ChangingMessages,
  { submission, standing }: Authorized<MessageChange>,
  { over, now, mentions }: { over: AppError | undefined; now: Date; mentions: EditMentions },
): Outcome {
  const row = messages.find(submission.roomId, submission.messageId);
  const refusal = refuseChange(submission, standing, row);
  if (refusal || !row) return refused(refusal ?? 'message_not_found');
  const done = submission.op === 'edit' ? mentions.isDone(submission, row) : row.deletedAt !== null;
  const changed = done ? undefined : refuseConditions(messages, submission, row);
  if (changed) return refused(changed);
  if (over && !done) return refused(over);
  const updated = done ? row : apply(messages, { submission, mentions, row, now });
  if (updated instanceof AppError) return refused(updated);
  return {
    answer: { op: submission.op, message: toMessage(updated), repeated: done },
    // Published even if nothing changed: a crash may have prevented it the first time.
    // Receivers ignore a known `seq`.
    changes: [toUpdate(updated, standing.people)],
  };
}

/** A deletion has no conditions. */
const refuseConditions = (messages: ChangingMessages, submission: MessageChange, row: TimelineRow) =>
  submission.op === 'edit' ? refuseChanged(submission, { seq: messages.headOf(row.roomId), row }) : undefined;

interface Change {
  submission: MessageChange;
  mentions: EditMentions;
  row: TimelineRow;
  now: Date;
}

function apply(
  messages: ChangingMessages,
  { submission, mentions, row, now }: Change,
): TimelineRow | AppError {
  if (submission.op === 'delete') return messages.delete(row, now);
  const taken = mentions.take(submission, row);
  if (taken instanceof AppError) return taken;
  return messages.edit(row, { content: submission.content, mentions: taken, editedAt: now });
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

import type { Change, SubmissionOf } from '@parley/contracts';
import type { AppError, ErrorCode } from '@parley/errors';
import type { ChangingMessages } from '../domain/changing-messages.ts';
import { type Authorized, type Outcome, refused } from '../domain/outcome.ts';
import { tooManyPins } from '../domain/pins.ts';
import { refuseWriting, type Standing } from '../domain/standing.ts';
import { toMessage } from '../domain/timeline-row.ts';

/**
 * Pins a message, or removes the pin. A repetition takes no number.
 * @param over the refusal for anything new, if the author is over the limit
 */
export function pinMessage(
  messages: ChangingMessages,
  { submission, standing }: Authorized<SubmissionOf<'pin'>>,
  { over, now }: { over: AppError | undefined; now: Date },
): Outcome {
  const refusal = refusePinning(standing);
  if (refusal) return refused(refusal);
  const { roomId, messageId, by, on } = submission;
  const row = messages.find(roomId, messageId);
  if (!row || row.deletedAt) return refused('message_not_found');
  const done = (row.pinnedAt !== null) === on;
  if (over && !done) return refused(over);
  if (!done && on && messages.isFullOfPins(roomId)) return refused(tooManyPins());
  const pin = on ? { pinnedAt: now, pinnedBy: by.userId } : { pinnedAt: null, pinnedBy: null };
  const message = toMessage(done ? row : messages.change(row, pin));
  const change: Change = {
    ...{ roomId, seq: message.changedSeq, ...(standing.people && { to: standing.people }) },
    ...{ kind: 'message.edited', message, pin: { by, on } },
  };
  // Published even if nothing changed: a crash may have prevented it the first time.
  return { answer: { op: 'pin', message, repeated: done }, changes: [change] };
}

/** Both people of a direct room may pin, and the owner and admins of others. */
function refusePinning(standing: Standing): ErrorCode | undefined {
  const refusal = refuseWriting(standing);
  if (refusal) return refusal;
  const may = standing.room.kind === 'direct' || standing.member?.role !== 'member';
  return may ? undefined : 'not_authorized';
}

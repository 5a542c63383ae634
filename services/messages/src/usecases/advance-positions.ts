import type { Change, SubmissionOf } from '@parley/contracts';
import { type Authorized, type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import { refuseReading } from '../domain/standing.ts';
import { type Advanced, movePositions } from '../stores/positions.ts';
import type { Context } from './context.ts';

export type Receipt = SubmissionOf<'read' | 'deliver'>;

/** Advances the read and delivery positions of a batch in one statement. */
export async function advancePositions(
  { db, clock, mark }: Context,
  receipts: readonly Authorized<Receipt>[],
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const allowed = receipts.filter(({ submission, standing }) => {
    const refusal = refuseReading(standing);
    if (refusal) outcomes.set(submission, refused(refusal));
    return !refusal;
  });
  if (allowed.length === 0) return outcomes;
  const asked = allowed.map(({ submission: { op, roomId, by, messageId } }) => ({
    op,
    roomId,
    userId: by.userId,
    messageId,
  }));
  const answers = await movePositions(db, asked, new Date(clock()), mark);
  const published = new Set<string>();
  for (const [index, receipt] of allowed.entries()) {
    const advanced = answers[index];
    outcomes.set(
      receipt.submission,
      advanced ? toOutcome(receipt, advanced, published) : refused('message_not_found'),
    );
  }
  return outcomes;
}

/** @param published the receipts published for the batch; repetitions are not published */
function toOutcome(
  { submission, standing }: Authorized<Receipt>,
  { answer, moved }: Advanced,
  published: Set<string>,
): Outcome {
  const { roomId, by, messageId } = submission;
  const { people, member } = standing;
  // After a block, only the user's own connections learn what they read.
  const to = member?.canSend ? people : people && [by.userId];
  const base = { roomId, ...(to && { to }), by, messageId };
  const change: Change =
    answer.op === 'read'
      ? { ...base, kind: 'read.advanced', position: answer.position }
      : { ...base, kind: 'delivery.advanced', position: answer.position };
  const receipt = [answer.op, roomId, by.userId, messageId].join(' ');
  if (!moved || published.has(receipt)) return { answer, changes: [] };
  published.add(receipt);
  return { answer, changes: [change] };
}

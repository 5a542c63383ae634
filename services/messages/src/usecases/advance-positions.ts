import type { Change, SubmissionOf } from '@parley/contracts';
import { type Authorized, type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import { refuseReading } from '../domain/standing.ts';
import { type Advanced, movePositions } from '../stores/positions.ts';
import type { Context } from './context.ts';

export type Receipt = SubmissionOf<'read' | 'deliver'>;

/**
 * Advances the read and delivery positions of a batch in one statement. In a large room, only the
 * reader's own connections receive them: each of n readers would otherwise cause n deliveries.
 */
export async function advancePositions(
  { db, clock, mark, largeRooms }: Context,
  receipts: readonly Authorized<Receipt>[],
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const allowed = receipts.filter(({ submission, standing }) => {
    const refusal = refuseReading(standing);
    if (refusal) outcomes.set(submission, refused(refusal));
    return !refusal;
  });
  if (allowed.length === 0) return outcomes;
  const asked = allowed.map(({ submission }) => ({
    op: submission.op,
    roomId: submission.roomId,
    userId: submission.by.userId,
    messageId: submission.messageId,
    threads: submission.op === 'read' ? submission.threads : undefined,
  }));
  const answers = await movePositions(db, asked, new Date(clock()), mark);
  const moving = allowed.filter((_, index) => answers[index]?.moved);
  const large = await largeRooms.among(
    db,
    new Set(moving.flatMap(({ submission, standing }) => (standing.people ? [] : submission.roomId))),
  );
  const published = new Set<string>();
  for (const [index, receipt] of allowed.entries()) {
    const advanced = answers[index];
    outcomes.set(
      receipt.submission,
      advanced ? toOutcome(receipt, advanced, { large, published }) : refused('message_not_found'),
    );
  }
  return outcomes;
}

/** @param batch.published its receipts that are published; repetitions are not */
function toOutcome(
  { submission, standing }: Authorized<Receipt>,
  { answer, moved, inThreads }: Advanced,
  { large, published }: { large: ReadonlySet<string>; published: Set<string> },
): Outcome {
  const { roomId, by, messageId } = submission;
  const { people, member } = standing;
  // Also after a block, only the user's own connections learn what they read.
  const isOwn = large.has(roomId) || (people !== null && !member?.canSend);
  const to = isOwn ? [by.userId] : people;
  const base = { roomId, ...(to && { to }), by, messageId };
  const receipt = [answer.op, roomId, by.userId, messageId].join(' ');
  if (!moved || published.has(receipt)) return { answer, changes: [] };
  published.add(receipt);
  const changes: Change[] = [];
  if (answer.op === 'read') changes.push({ ...base, kind: 'read.advanced', position: answer.position });
  if (answer.op === 'deliver')
    changes.push({ ...base, kind: 'delivery.advanced', position: answer.position });
  if (inThreads) changes.push({ roomId, to: [by.userId], by, kind: 'thread.moved', position: inThreads });
  return { answer, changes };
}

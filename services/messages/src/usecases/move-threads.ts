import type { Change } from '@parley/contracts';
import { type Authorized, type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import { refuseReading } from '../domain/standing.ts';
import { moveThread, type ThreadMove, toThreadPosition } from '../domain/thread-position.ts';
import { findAsked } from '../stores/message-changes.ts';
import { type FoundThread, findThreads, storeThreads, type UserThread } from '../stores/thread-positions.ts';
import type { Context } from './context.ts';

/**
 * Moves users' positions in threads, in order, in one transaction. Each answer is published to the
 * user's own connections, also if nothing has changed: a crash may have prevented it before.
 */
export async function moveThreads(
  { db }: Context,
  moves: readonly Authorized<ThreadMove>[],
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const allowed = moves.flatMap(({ submission, standing }) => {
    const refusal = refuseReading(standing);
    if (refusal) outcomes.set(submission, refused(refusal));
    return refusal ? [] : [submission];
  });
  if (allowed.length === 0) return outcomes;
  await db.transaction(async (trx) => {
    const roots = new Map(
      (await findAsked(trx, allowed)).map((row) => [row.id, row.threadRootSeq ?? row.seq]),
    );
    const asked = allowed.flatMap((submission) => {
      const rootSeq = roots.get(submission.messageId);
      if (rootSeq === undefined) outcomes.set(submission, refused('message_not_found'));
      return rootSeq === undefined ? [] : [{ submission, thread: threadOf(submission, rootSeq) }];
    });
    const unique = new Map(asked.map(({ thread }) => [keyOf(thread), thread]));
    if (unique.size === 0) return;
    const threads = new Map((await findThreads(trx, [...unique.values()])).map((one) => [keyOf(one), one]));
    const moved = new Map<string, FoundThread>();
    for (const { submission, thread } of asked) {
      const key = keyOf(thread);
      const found = threads.get(key);
      if (!found) continue;
      const stored = moveThread(found.stored, submission, found);
      if (stored !== found.stored) moved.set(key, { ...found, stored });
      threads.set(key, { ...found, stored });
      outcomes.set(submission, toOutcome(submission, { ...found, stored }));
    }
    if (moved.size > 0) await storeThreads(trx, [...moved.values()]);
  });
  return outcomes;
}

const threadOf = ({ roomId, by }: ThreadMove, rootSeq: number): UserThread => ({
  roomId,
  userId: by.userId,
  rootSeq,
});

const keyOf = ({ roomId, userId, rootSeq }: UserThread): string => `${roomId} ${userId} ${rootSeq}`;

function toOutcome({ roomId, by }: ThreadMove, { rootSeq, stored }: FoundThread): Outcome {
  const position = toThreadPosition(rootSeq, stored);
  const change: Change = { roomId, to: [by.userId], by, kind: 'thread.moved', position };
  return { answer: { op: 'thread', position }, changes: [change] };
}

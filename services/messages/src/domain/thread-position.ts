import type { SubmissionOf, ThreadPosition } from '@parley/contracts';

/** A user's stored position in a thread. */
export interface StoredThread {
  seq: number;
  /** Their position in all threads when this one was set. */
  threadsSeq: number;
  following: boolean | null;
}

export type ThreadMove = SubmissionOf<'thread'>;

/**
 * Up to where replies are read. A position in all threads counts if it has moved since this one was
 * set, so that what was marked unread stays so until then.
 */
const readTo = ({ seq, threadsSeq }: StoredThread, inThreads: number): number =>
  inThreads > threadsSeq ? Math.max(seq, inThreads) : seq;

/**
 * Applies a move. Answers the same object if nothing changes.
 * @param where.last the last reply of the thread
 * @param where.inThreads the user's position in all threads
 */
export function moveThread(
  before: StoredThread,
  { seq, unread = false, following: decided }: ThreadMove,
  { last, inThreads }: { last: number; inThreads: number },
): StoredThread {
  const following = decided ?? before.following;
  const from = readTo(before, inThreads);
  const to = seq === undefined ? from : (seq ?? last);
  const moves = unread ? to !== from : to > from;
  if (!moves && following === before.following) return before;
  return moves ? { seq: to, threadsSeq: inThreads, following } : { ...before, following };
}

export const toThreadPosition = (threadRootSeq: number, stored: StoredThread): ThreadPosition => ({
  threadRootSeq,
  ...stored,
});

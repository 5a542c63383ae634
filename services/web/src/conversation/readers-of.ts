import type { Message } from '@parley/client';
import type { MemberView } from '@parley/react';

/** Receipts are shown in rooms with at most this many members. */
const maxMembers = 20;

/** The other members who have read this message, except its author; nobody in large rooms. */
export function readersOf<Member extends Pick<MemberView, 'userId'>>(
  message: Pick<Message, 'seq' | 'userId'> | undefined,
  members: readonly Member[],
  positions: Record<string, number>,
  ownId: string,
): readonly Member[] {
  if (!message || members.length > maxMembers) return [];
  return members.filter(
    ({ userId }) => userId !== ownId && userId !== message.userId && (positions[userId] ?? 0) >= message.seq,
  );
}

import type { MessageStatus } from '@parley/contracts';

/** A member of a room, and how far they have come there. */
export interface Recipient {
  userId: string;
  /** The number of their joining: what came before was not for them. */
  joinedSeq: number;
  readSeq: number;
  deliveredSeq: number;
}

/** The least advanced of a message's recipients who are still there; where there are none, it is sent. */
export function statusOf(
  message: { seq: number; userId: string },
  members: readonly Recipient[],
): MessageStatus {
  const recipients = members.filter(
    ({ userId, joinedSeq }) => userId !== message.userId && joinedSeq < message.seq,
  );
  if (recipients.length === 0) return 'sent';
  if (recipients.every(({ readSeq }) => readSeq >= message.seq)) return 'read';
  return recipients.every(({ deliveredSeq }) => deliveredSeq >= message.seq) ? 'delivered' : 'sent';
}

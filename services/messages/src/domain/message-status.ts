import type { MessageStatus } from '@parley/contracts';

/** A member's positions in a room. */
export interface Recipient {
  userId: string;
  /** The `seq` of their join; they are not a recipient of earlier messages. */
  joinedSeq: number;
  readSeq: number;
  deliveredSeq: number;
}

/** Status of the current recipient who is furthest behind; `sent` without recipients. */
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

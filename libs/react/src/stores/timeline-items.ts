import type { Message, PendingMessage } from '@parley/client';

/** A stored message. Its object changes only if the message does. */
export interface MessageItem {
  /** Of the user's own messages the `clientId`, which they had while they were pending. */
  key: string;
  kind: 'message';
  message: Message;
}

/** A message of the user that is not stored yet, or has failed (`message.failed`). */
export interface PendingItem {
  /** The `clientId`. */
  key: string;
  kind: 'pending';
  message: PendingMessage;
}

/** A member has joined or left while the room was open; not one of its first members. */
export interface PassageItem {
  key: string;
  kind: 'joined' | 'left';
  seq: number;
  userId: string;
  username: string;
  isBot?: true | undefined;
  /** ISO 8601. */
  time: string;
}

export type TimelineItem = MessageItem | PendingItem | PassageItem;

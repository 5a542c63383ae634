import type { ReceivedMessage } from './contract.ts';

export interface SendOptions {
  /** The idempotency key, at most 64 printable ASCII characters. @default a random UUID */
  clientId?: string;
  replyTo?: string;
  isEncrypted?: boolean;
  /** How long to keep trying, once it is the message's turn. @default 60_000 */
  deadlineMs?: number;
}

/** A stored message. */
export type Sent = Pick<ReceivedMessage, 'id' | 'roomId' | 'seq' | 'createdAt'> & {
  clientId: string;
};

/** A message of this user that is not stored yet. */
export interface PendingMessage extends Pick<SendOptions, 'replyTo' | 'isEncrypted'> {
  clientId: string;
  roomId: string;
  content: string;
  /** By this machine's clock, in milliseconds. */
  createdAt: number;
  /** Why it was not sent; it is kept until it is retried or discarded. */
  failed?: { code: string; message: string };
}

/** A pending message has changed its state. */
export type PendingEvent =
  | { state: 'sending' | 'failed' | 'discarded'; message: PendingMessage }
  | { state: 'stored'; message: PendingMessage; sent: Sent };

/** Keeps the pending messages of users beyond the life of a page. */
export interface PendingStorage {
  /** In the order of their creation. */
  load(userId: string): Promise<PendingMessage[]>;
  /** Adds or replaces the message with that `clientId`. */
  put(userId: string, message: PendingMessage): Promise<void>;
  remove(clientId: string): Promise<void>;
}

import type { Mentions, ReceivedMessage } from './contract.ts';

/**
 * Conditions of a write. If one does not hold, nothing is written: the error `state_changed` has
 * the present state in `current`.
 */
export interface WriteConditions {
  /** Only if this is the last change of the room. */
  ifSeq?: number;
  /** Only if the message (of a new one: the message that it replies to) has not changed since. */
  ifChangedSeq?: number;
}

export interface SendOptions extends WriteConditions {
  /** The idempotency key, at most 64 printable ASCII characters. @default a random UUID */
  clientId?: string;
  replyTo?: string;
  isEncrypted?: boolean;
  /** A message of the thread that this one belongs to. */
  threadRoot?: string;
  /** Whether a reply in a thread is also a message of the room. */
  alsoInRoom?: boolean;
  /** Whom it mentions. @default whom its text names */
  mentions?: Mentions;
  /** How long to keep trying, once it is the message's turn. @default 60_000 */
  deadlineMs?: number;
}

/** The properties of a message beside its text. */
export type MessageOptions = Omit<SendOptions, 'clientId' | 'deadlineMs'>;

/** A stored message. */
export type Sent = Pick<ReceivedMessage, 'id' | 'roomId' | 'seq' | 'createdAt' | 'threadRootSeq'> & {
  clientId: string;
};

/** A message of this user that is not stored yet. */
export interface PendingMessage extends MessageOptions {
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

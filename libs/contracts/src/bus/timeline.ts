import type { ErrorData } from '@parley/errors';
import type { ClientContract } from '../schemas/client-contract.ts';
import type { DeliveryPosition, Message, ReadPosition } from '../schemas/message.ts';
import type { Membership, RoomState } from './membership.ts';

// The hot path. These shapes are made by our own code alone and checked at the edges that clients reach, so they are plain
// types: parsing them again at every hop would cost more than the rest of a message's journey.

/** Who asks. */
export interface Author {
  userId: string;
  username: string;
}

/** What a client (or the directory, for memberships) asks of a room's timeline. */
export type Submission = {
  /** The origin's own number for it; comes back in the reply. */
  ref: number;
  /** UUIDv7. Delivered twice, it is still one: what it stored is recognised by it. A message's own id. */
  id: string;
  roomId: string;
  by: Author;
  /** W3C trace context (`traceparent`) of who asks; absent where tracing is off. */
  trace?: string | undefined;
} & (
  | {
      op: 'send';
      content: string;
      clientId: string | null;
      replyTo: string | null;
      isEncrypted: boolean;
      /** Of the sender's session, for the send rate. Absent: from a process that does not tell it yet. */
      contract?: ClientContract | null | undefined;
    }
  | { op: 'edit'; messageId: string; content: string }
  | { op: 'delete'; messageId: string }
  /** `on` absent: the other way round than it is. */
  | { op: 'react'; messageId: string; reaction: string; on?: boolean | undefined }
  /** Up to that message, or to the end. Never goes back. */
  | { op: 'read'; messageId: string | null }
  /** It has reached a device of theirs, up to that message or to the end. Never goes back; what is read is delivered. */
  | { op: 'deliver'; messageId: string | null }
  /** Of what `by` wrote: the messages made after `after` and up to `upTo` (null: to the end) lose their author's name, which `by` does not hold either. */
  | { op: 'erase'; after: number; upTo: number | null }
  /** What was said has come of age: the messages made after `after` and up to `upTo` become what deleted ones are. `by` is nobody. */
  | { op: 'expire'; after: number; upTo: number }
  | { op: 'join'; room: RoomState; membership: Membership }
  | { op: 'leave'; version: number; reason: 'left' | 'removed' }
  /** A member's role, or whether they may send, has changed. */
  | { op: 'member'; membership: Membership }
  /** The room has another name, or is private now. */
  | { op: 'room'; room: RoomState }
  /** The room is gone. */
  | { op: 'close' }
);
export type SubmissionOf<Op extends Submission['op']> = Extract<Submission, { op: Op }>;

/** `timeline.submitted`: the submissions of one tick of one process to one partition. */
export interface SubmittedBatch {
  /** Inbox that the replies go to; null: nobody waits. */
  origin: string | null;
  items: Submission[];
}

export type SubmissionReply =
  | { ref: number; ok: true; data: SubmissionResult }
  | { ref: number; ok: false; error: ErrorData };

/** What the room's writer made of a submission. A repeated `send` answers what the first one did. */
export type SubmissionResult =
  | {
      op: 'send' | 'edit' | 'delete' | 'react';
      message: Message;
      repeated: boolean;
    }
  | { op: 'read'; position: ReadPosition }
  | { op: 'deliver'; position: DeliveryPosition }
  /** How many of them were not deleted before. */
  | { op: 'expire'; expired: number }
  | { op: 'erase' | 'join' | 'leave' | 'member' | 'room' | 'close' };

/** One change of a room's timeline, numbered by `seq` (receipts alone have no number: they change no timeline). */
export type Change = {
  roomId: string;
  /** Direct rooms: the two people, addressed by name, whatever their connections have joined. */
  to?: string[];
  /** W3C trace context of the last who had it in hand; absent where tracing is off. */
  trace?: string | undefined;
} & (
  | {
      kind: 'message.created' | 'message.edited' | 'message.deleted';
      seq: number;
      message: Message;
    }
  | {
      kind: 'message.reacted';
      seq: number;
      message: Message;
      by: Author;
      reaction: string;
      on: boolean;
    }
  | {
      kind: 'member.joined' | 'member.left';
      seq: number;
      by: Author;
      reason: 'left' | 'removed' | null;
      /** Of the membership (see `membership`). Absent: from a writer that does not tell it yet. */
      version?: number | undefined;
      time: string;
    }
  | {
      kind: 'read.advanced';
      by: Author;
      messageId: string | null;
      position: ReadPosition;
    }
  | {
      kind: 'delivery.advanced';
      by: Author;
      messageId: string | null;
      position: DeliveryPosition;
    }
);
/** The changes that take a number; tell them by `'seq' in change`. */
export type NumberedChange = Extract<Change, { seq: number }>;
export type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

/** `timeline.changed`: the changes of one batch of one partition, in order. */
export interface ChangedBatch {
  changes: Change[];
}

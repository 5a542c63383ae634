import type { ErrorData } from '@parley/errors';
import type { ClientContract } from '../schemas/client-contract.ts';
import type { MentionRequest } from '../schemas/mention.ts';
import type { DeliveryPosition, Message, ReadPosition } from '../schemas/message.ts';
import type { ThreadPosition } from '../schemas/thread.ts';
import type { Membership, RoomState } from './membership.ts';

// The hot path. Only our own code creates these shapes, and the edges validate client input. They
// are plain types, because parsing them at every hop would cost more than the rest of a message's
// path.

/** The sender. */
interface Author {
  userId: string;
  username: string;
  /** The sender is a bot. Absent from older releases. */
  isBot?: true | undefined;
}

/** A write that is refused as `state_changed` unless the state is the expected one. */
export interface WriteConditions {
  /** The last change of the room. */
  ifSeq?: number | undefined;
  /** The last change of the message; of a new one, of the message that it replies to. */
  ifChangedSeq?: number | undefined;
}

/**
 * A requested change of a room's timeline, from a client or (for memberships) from the directory.
 */
export type Submission = {
  /** The origin's own number; the reply returns it. */
  ref: number;
  /** UUIDv7. Identifies a repeated delivery. For a new message, its id. */
  id: string;
  roomId: string;
  by: Author;
  /**
   * The contract of the author's session, for the rate of writes. Absent from submissions of
   * services, and from those of older releases other than `send`.
   */
  contract?: ClientContract | null | undefined;
  /** The author is a program with a key, which has a rate of its own. */
  byKey?: true | undefined;
  /** W3C trace context (`traceparent`) of the sender. Absent when tracing is off. */
  trace?: string | undefined;
} & (
  | ({
      op: 'send';
      /**
       * The origin receives the room's changes, so the new message itself acknowledges the
       * submission. The writer replies only to what no change acknowledges: refusals, repetitions,
       * and messages that the backplane could not carry. Absent: the writer always replies.
       */
      answeredBy?: 'change' | undefined;
      content: string;
      clientId: string | null;
      replyTo: string | null;
      isEncrypted: boolean;
      /** A message of the thread that it belongs to. Absent from older releases. */
      threadRoot?: string | undefined;
      /** A message of the room, too. */
      alsoInRoom?: boolean | undefined;
      mentions?: MentionRequest | undefined;
    } & WriteConditions)
  | ({
      op: 'edit';
      messageId: string;
      content: string;
      mentions?: MentionRequest | undefined;
    } & WriteConditions)
  | { op: 'delete'; messageId: string }
  /** Without `on`, toggles the reaction. */
  | ({ op: 'react'; messageId: string; reaction: string; on?: boolean | undefined } & WriteConditions)
  /** Pins the message, or removes the pin. */
  | { op: 'pin'; messageId: string; on: boolean }
  /** Read up to that message, or to the end. Never goes back. */
  | {
      op: 'read';
      messageId: string | null;
      /** `apart`: the replies in threads stay unread. `only`: nothing else is read. */
      threads?: 'apart' | 'only' | undefined;
    }
  /**
   * Moves the author's position in the thread of that message, or follows the thread or not. New:
   * a writer of the last release refuses it.
   */
  | {
      op: 'thread';
      messageId: string;
      /** Read up to this number; null: to the end of the thread. Absent: the position stays. */
      seq?: number | null | undefined;
      /** The replies after `seq` are unread again. */
      unread?: boolean | undefined;
      following?: boolean | undefined;
    }
  /**
   * Delivered to a device of theirs, up to that message or to the end. Never goes back, and never
   * stays behind the read position.
   */
  | { op: 'deliver'; messageId: string | null }
  /**
   * Removes the author's name from messages of `by` after `after` and up to `upTo` (null: to the
   * end). `by` does not contain the name either.
   */
  | { op: 'erase'; after: number; upTo: number | null }
  /**
   * Blanks the messages after `after` and up to `upTo`, which are past their retention period.
   * `by` is not a user.
   */
  | { op: 'expire'; after: number; upTo: number }
  /**
   * Messages until `joinedAt` are not unread for the member. Null: joined with the room's creation.
   * Absent from older releases.
   */
  | { op: 'join'; room: RoomState; membership: Membership; joinedAt?: string | null }
  | { op: 'leave'; version: number; reason: 'left' | 'removed' }
  /** A member's role or right to send has changed. */
  | { op: 'member'; membership: Membership }
  /** The room was renamed or became private. */
  | { op: 'room'; room: RoomState }
  /** The room was deleted. */
  | { op: 'close' }
);
export type SubmissionOf<Op extends Submission['op']> = Extract<Submission, { op: Op }>;

/** `timeline.submitted`: one process's submissions to one partition, collected for a tick. */
export interface SubmittedBatch {
  /** The reply queue for the replies; null when none are expected. */
  origin: string | null;
  items: Submission[];
}

export type SubmissionReply =
  | { ref: number; ok: true; data: SubmissionResult }
  | { ref: number; ok: false; error: ErrorData };

/**
 * The result of a submission from the room's writer. A repeated `send` returns the first result.
 */
export type SubmissionResult =
  | {
      op: 'send' | 'edit' | 'delete' | 'react' | 'pin';
      message: Message;
      repeated: boolean;
    }
  | { op: 'read'; position: ReadPosition }
  | { op: 'deliver'; position: DeliveryPosition }
  | { op: 'thread'; position: ThreadPosition }
  /** How many of them were not deleted before. */
  | { op: 'expire'; expired: number }
  | { op: 'erase' | 'join' | 'leave' | 'member' | 'room' | 'close' };

/**
 * One change of a room's timeline, numbered by `seq`. Receipts have no number, because they change
 * no timeline.
 */
export type Change = {
  roomId: string;
  /**
   * Direct rooms: both people, addressed by id, whatever their connections have joined. Receipts of
   * large rooms: the reader alone.
   */
  to?: string[];
  /** W3C trace context of the last process that handled it. Absent when tracing is off. */
  trace?: string | undefined;
} & (
  | {
      kind: 'message.created' | 'message.deleted';
      seq: number;
      message: Message;
    }
  | {
      kind: 'message.edited';
      seq: number;
      message: Message;
      /**
       * The message was pinned, or its pin removed. It is no kind of its own, so that
       * gateways of the last release deliver the change.
       */
      pin?: { by: Author; on: boolean } | undefined;
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
      /** The version of the membership (see `membership`). Absent from older releases. */
      version?: number | undefined;
      /** The member joined with the room's creation. */
      atCreation?: boolean | undefined;
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
  /** For the user's own connections. */
  | {
      kind: 'thread.moved';
      by: Author;
      position: ThreadPosition;
    }
);
/** Changes with a number. Distinguish them by `'seq' in change`. */
export type NumberedChange = Extract<Change, { seq: number }>;
export type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

/** `timeline.changed`: the changes of one batch of one partition, in order. */
export interface ChangedBatch {
  changes: Change[];
  /** Users who may have missed messages. Absent from older releases, and usually. */
  missed?: MissedPeriod[] | undefined;
}

/**
 * A user counted as viewing a room, but the connection was dead or its gateway gone. Its gateway,
 * or another one, publishes this after the user has stopped counting. In the partition of the room,
 * it follows the messages that were published before.
 */
export interface MissedPeriod {
  roomId: string;
  userId: string;
  /** ISO 8601. The client has confirmed that it received everything before. */
  since: string;
  /** ISO 8601. The user was viewing the room again from then on. */
  until?: string | undefined;
}

/**
 * The room has reached `seq`. A gateway that has not seen it missed changes, but none before
 * `from`.
 */
export interface Head {
  roomId: string;
  from: number;
  seq: number;
}

/** The head of a room that has just fallen quiet, for the subscribers of that key. */
export interface QuietHead {
  key: string;
  head: Head;
  /** Time since `from` was published. Later subscribers did not miss it. */
  ageMs: number;
}

/** `changes.missed`: changes that the writer could not publish over the backplane. */
export interface MissedChanges {
  /** Numbered changes, which gateways fetch. */
  heads: { key: string; head: Head }[];
  /** Changes without a number, each of one room. */
  changes: { key: string; changes: [Change, ...Change[]] }[];
}

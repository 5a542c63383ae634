import { z } from 'zod';
import { because, id, seq, text, time } from './common.ts';
import { mentionFields } from './mention.ts';
import { isBot } from './user.ts';

/** Maximum length of a message, in UTF-16 code units. */
export const maxContentLength = 10_000;
export const content = text(maxContentLength);

/**
 * An idempotency key. The same key from the same sender in the same room is always the same
 * message.
 */
export const clientId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces');

/** One emoji (or short text such as `:+1:`). */
export const reaction = text(32);

/** Conditions of a write. If one does not hold, nothing is written: `state_changed`. */
export const writeConditions = {
  ifSeq: seq.optional().meta({ description: 'only if this is the last change of the room' }),
  ifChangedSeq: seq.optional().meta({
    description: 'only if the message (of a new one: the message that it replies to) has not changed since',
  }),
};

/** Places a new message in a thread. */
export const threadReply = {
  threadRoot: id.optional().meta({
    description:
      'a message of the thread: the one that begins it, or a reply in it. Without `replyTo`, the new ' +
      'message also replies to this one',
  }),
  alsoInRoom: z.boolean().optional().meta({
    description: 'whether a reply in a thread is also a message of the room; only with `threadRoot`',
  }),
};

export const isThreadReply = ({ threadRoot, alsoInRoom }: { threadRoot?: unknown; alsoInRoom?: unknown }) =>
  threadRoot !== undefined || !alsoInRoom;
export const needsThreadRoot = {
  ...because('combination', 'only with threadRoot'),
  path: ['alsoInRoom'],
};

const reactionCount = z.object({
  reaction: z.string(),
  count: z.number().int(),
  /** The first 20, in the order they reacted. */
  userIds: z.array(id),
});
export type ReactionCount = z.output<typeof reactionCount>;

/** The pin of a message: by whom, and when. */
export const pin = z.object({ userId: id, at: time });

export const message = z
  .object({
    id,
    roomId: id,
    /** The change that created the message. */
    seq,
    /** Its last change: edit, deletion or reaction. */
    changedSeq: seq,
    userId: id,
    username: z.string(),
    isBot,
    /** Empty once deleted. */
    content: z.string(),
    clientId: z.string().nullable(),
    replyTo: id.nullable(),
    threadRootSeq: seq.optional().meta({
      description: 'a reply in a thread: the `seq` of the message that begins it. Absent in other messages',
    }),
    alsoInRoom: z
      .literal(true)
      .optional()
      .meta({ description: 'a reply in a thread that is also a message of the room' }),
    /** The content is the clients' own ciphertext: never searched, never previewed. */
    isEncrypted: z.boolean(),
    reactions: z.array(reactionCount),
    ...mentionFields,
    pinned: pin.optional().meta({ description: 'absent: the message is not pinned' }),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.output<typeof message>;

/** Of clients that show threads apart, and count their replies there. */
export const threadsApart = z
  .boolean()
  .optional()
  .meta({
    description:
      'whether the client shows threads apart. Then the replies in threads stay unread; otherwise they ' +
      'are read up to that message as well',
  });

/** How far a member has read a room. */
export const readPosition = z
  .object({ roomId: id, userId: id, seq, readAt: time })
  .meta({ id: 'ReadPosition' });
export type ReadPosition = z.output<typeof readPosition>;

/** The least advanced state of a message among its recipients. */
export const messageStatus = z.enum(['sent', 'delivered', 'read']);
export type MessageStatus = z.output<typeof messageStatus>;

/** How far a room has reached a member's devices. Never behind their read position. */
export interface DeliveryPosition {
  roomId: string;
  userId: string;
  seq: number;
}

import { z } from 'zod';
import { id, seq, text, time } from './common.ts';

/** Maximum length of a message, in UTF-16 code units. */
const maxContentLength = 10_000;
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

const reactionCount = z.object({
  reaction: z.string(),
  count: z.number().int(),
  /** The first 20, in the order they reacted. */
  userIds: z.array(id),
});
export type ReactionCount = z.output<typeof reactionCount>;

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
    /** Empty once deleted. */
    content: z.string(),
    clientId: z.string().nullable(),
    replyTo: id.nullable(),
    /** The content is the clients' own ciphertext: never searched, never previewed. */
    isEncrypted: z.boolean(),
    reactions: z.array(reactionCount),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.output<typeof message>;

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

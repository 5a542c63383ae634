import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { clientId, content, reaction } from '../schemas/message.ts';

/**
 * The canonical socket protocol: what a client may emit. Every event takes an optional acknowledgement callback:
 * `{ok: true, data}` or `{ok: false, error: {code, message, retryable}}`; without one an error arrives as the event `error`.
 */
export const clientEvents = {
  /** Hear a room on this connection; members only. Acknowledged with the room's `seq` when hearing began. */
  join_room: z.object({ roomId: id }),
  /** Stop hearing it on this connection. Membership is not touched. */
  leave_room: z.object({ roomId: id }),
  send_message: z.object({
    roomId: id,
    content,
    clientId: clientId.optional(),
    replyTo: id.optional(),
    isEncrypted: z.boolean().default(false),
  }),
  edit_message: z.object({ roomId: id, messageId: id, content }),
  delete_message: z.object({ roomId: id, messageId: id }),
  /** The same reaction again takes it back, unless `on` states the outcome. */
  react_message: z.object({
    roomId: id,
    messageId: id,
    reaction,
    on: z.boolean().optional(),
  }),
  /** Read up to that message; without one, to the room's end. */
  message_read: z.object({ roomId: id, messageId: id.optional() }),
  typing: z.object({ roomId: id, isTyping: z.boolean().default(true) }),
  get_room_users: z.object({ roomId: id }),
} as const;

export type ClientEvent = keyof typeof clientEvents;
export type ClientPayload<E extends ClientEvent> = z.output<(typeof clientEvents)[E]>;

const who = { userId: id, username: z.string() };
const timestamp = z.string().meta({ description: 'ISO 8601' });

/** What the server emits. Fields are only ever added. */
export const serverEvents = {
  receive_message: z.object({
    id,
    roomId: id,
    seq: z.number().int(),
    ...who,
    content: z.string(),
    clientId: z.string().nullable(),
    replyTo: id.nullable(),
    isEncrypted: z.boolean(),
    createdAt: timestamp,
    timestamp,
  }),
  message_edited: z.object({
    id,
    roomId: id,
    seq: z.number().int(),
    ...who,
    content: z.string(),
    editedAt: timestamp,
    timestamp,
  }),
  message_deleted: z.object({
    id,
    roomId: id,
    seq: z.number().int(),
    deletedAt: timestamp,
    timestamp,
  }),
  message_reaction: z.object({
    messageId: id,
    roomId: id,
    seq: z.number().int(),
    ...who,
    reaction: z.string(),
    on: z.boolean(),
    counts: z.record(z.string(), z.number().int()),
    timestamp,
  }),
  user_joined: z.object({
    ...who,
    roomId: id,
    seq: z.number().int(),
    timestamp,
  }),
  user_left: z
    .object({
      ...who,
      roomId: id,
      seq: z.number().int(),
      type: z.enum(['permanent', 'temporary']),
      timestamp,
    })
    .partial({ seq: true }),
  user_typing: z.object({
    ...who,
    roomId: id,
    isTyping: z.boolean(),
    timestamp,
  }),
  user_status: z.object({
    ...who,
    status: z.enum(['online', 'offline']),
    timestamp,
  }),
  room_joined: z.object({ roomId: id, seq: z.number().int() }),
  room_users: z.object({
    roomId: id,
    users: z.array(z.object({ ...who, isOnline: z.boolean() })),
  }),
  messages_read: z.object({
    userId: id,
    username: z.string(),
    readAt: timestamp,
    roomId: id,
    seq: z.number().int(),
  }),
  message_status_updated: z.object({
    messageId: id,
    roomId: id,
    status: z.literal('read'),
    readerId: id,
    timestamp,
  }),
  /** This user no longer belongs to the room: nothing more comes from it. */
  room_removed: z.object({
    roomId: id,
    reason: z.enum(['left', 'removed', 'deleted']),
  }),
  /** This user belongs to a new room. */
  room_added: z.object({
    roomId: id,
    kind: z.string(),
    name: z.string().nullable(),
  }),
  notification: z.unknown(),
  error: z.object({ code: z.string(), type: z.string(), message: z.string() }),
} as const;

export type ServerEvent = keyof typeof serverEvents;
export type ServerPayload<E extends ServerEvent> = z.output<(typeof serverEvents)[E]>;

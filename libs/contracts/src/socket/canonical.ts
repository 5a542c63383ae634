import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { clientId, content, reaction } from '../schemas/message.ts';
import { notification } from '../schemas/notification.ts';
import { roomName } from '../schemas/room.ts';
import { syncQuestion } from '../schemas/sync.ts';

/**
 * The canonical socket protocol: what a client may emit. Every event takes an optional acknowledgement callback:
 * `{ok: true, data}` or `{ok: false, error: {code, message, retryable}}`; without one an error arrives as the event `error`.
 */
export const clientEvents = {
  /** Hear a room on this connection; members only. Acknowledged with the room's `seq` when hearing began. */
  join_room: z.object({ roomId: id }),
  /** The same, as one enters a room: who may see it becomes a member first, and the others are told. */
  enter_room: z.object({ roomId: id }),
  /** Hear all rooms one belongs to, also those to come. Acknowledged with their ids. */
  join_rooms: z.object({}).optional(),
  /**
   * Hear these rooms, and learn what changed in them. Acknowledged as `POST /api/v1/sync` answers, and with `unheard`: rooms of the answer that this
   * connection does not hear, since it hears as many as it may. What comes live begins at or before the answered `seq` of its room (or, while
   * `hasMore`, of the last page): what has a number up to that is in the answer too.
   */
  resume: syncQuestion,
  /** Stop hearing it on this connection. Membership is not touched. */
  leave_room: z.object({ roomId: id }),
  /**
   * To a room (`roomId`), or to a receiver: a user, with whom the direct room is made on first use, or a room (`is_group`). What is sent to a
   * receiver is confirmed by `message_sent`, and the sending connection does not get it as `receive_message`.
   */
  send_message: z
    .object({
      roomId: id.optional(),
      receiver_id: id.optional(),
      is_group: z.boolean().default(false),
      content,
      clientId: clientId.optional(),
      client_id: clientId.optional(),
      replyTo: id.optional(),
      isEncrypted: z.boolean().default(false),
    })
    .refine((message) => (message.roomId === undefined) !== (message.receiver_id === undefined), {
      error: 'give either roomId or receiver_id',
      path: ['roomId'],
    }),
  edit_message: z.object({ roomId: id, messageId: id, content }),
  delete_message: z.object({ roomId: id, messageId: id }),
  /** The same reaction again takes it back, unless `on` states the outcome. Without a room it is looked for. */
  react_message: z.object({
    roomId: id.optional(),
    messageId: id,
    reaction,
    on: z.boolean().optional(),
  }),
  /** Read up to that message; without one, to the room's end. */
  message_read: z.object({ roomId: id, messageId: id.optional() }),
  typing: z.object({ roomId: id, isTyping: z.boolean().default(true) }),
  /** A new access token of the same session, so that the connection outlives the old one. Acknowledged with when it expires. */
  refresh_token: z.object({ token: z.string().min(1).max(4_096) }),
  get_room_users: z.object({ roomId: id }),
  /** Makes a private room with these members, under the id that is given; where that room exists already, invites them to it. */
  create_chat_room: z.object({
    roomId: id.optional(),
    name: roomName,
    invited: z.array(id).max(100).default([]),
    /** The caller's own. */
    organizationId: id.nullish(),
  }),
} as const;

export type ClientEvent = keyof typeof clientEvents;
export type ClientPayload<E extends ClientEvent> = z.output<(typeof clientEvents)[E]>;

const who = { userId: id, username: z.string() };
const timestamp = z.string().meta({ description: 'ISO 8601' });

const receivedMessage = {
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
  /** These three in direct rooms. */
  sender_id: id.optional(),
  receiver_id: id.optional(),
  created_at: timestamp.optional(),
};

/** What the server emits. Fields are only ever added. */
export const serverEvents = {
  receive_message: z.object(receivedMessage),
  /** To the connection that sent something to a receiver, once it is stored. */
  message_sent: z.object({ ...receivedMessage, client_id: z.string().optional() }),
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
  /** `temporary`: a member came in (`enter_room`); that has no number. */
  user_joined: z
    .object({
      ...who,
      roomId: id,
      seq: z.number().int(),
      type: z.literal('temporary'),
      timestamp,
    })
    .partial({ seq: true, type: true }),
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
  /** Answer to `join_rooms`. */
  rooms_joined: z.object({ userId: id, roomIds: z.array(id) }),
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
  /** The message, and all before it, has reached a device of that member. */
  message_delivered: z.object({
    messageId: id,
    roomId: id,
    userId: id,
    status: z.literal('delivered'),
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
    organizationId: id.nullable(),
    /** Put into it by somebody else. */
    invited: z.boolean(),
  }),
  notification,
  /** This connection's token is about to expire: `refresh_token` gives it another. Once for each token. */
  token_expiring: z.object({ expiresAt: timestamp }),
  /** This gateway is going: it closes this connection within that time (`draining`), and takes events until then. */
  server_draining: z.object({ reconnectWithinMs: z.number().int() }),
  error: z.object({
    code: z.string(),
    type: z.string(),
    message: z.string(),
    retryable: z.boolean().optional(),
    retryAfterMs: z.number().optional(),
    /** The limit that was reached (`5 per 10 seconds, user and room`), and the server's setting for it. */
    limit: z.string().optional(),
    setting: z.string().optional(),
    fields: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .readonly()
      .optional(),
  }),
} as const;

export type ServerEvent = keyof typeof serverEvents;
export type ServerPayload<E extends ServerEvent> = z.output<(typeof serverEvents)[E]>;

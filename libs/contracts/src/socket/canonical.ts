import { z } from 'zod';
import { id, text } from '../schemas/common.ts';
import { clientId, content, reaction } from '../schemas/message.ts';
import { notification } from '../schemas/notification.ts';
import { syncQuestion } from '../schemas/sync.ts';

const isOneOf = (...values: unknown[]) => values.filter((value) => value !== undefined).length === 1;

/**
 * The canonical socket protocol: what a client may emit. Every event takes an optional acknowledgement callback:
 * `{ok: true, data}` or `{ok: false, error: {code, message, retryable}}`; without one an error arrives as the event `error`.
 */
export const clientEvents = {
  /**
   * Hear a room on this connection; members only. Acknowledged with the room's `seq` when hearing began. The others in the room receive `user_joined` for the
   * user's first connection there.
   */
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
  /**
   * Leave it on this connection. The membership stays, and a connection that receives all rooms of its user goes on receiving this one's messages. The others
   * in the room receive `user_left` for the user's last connection there.
   */
  leave_room: z.object({ roomId: id }),
  /**
   * To a room (`roomId`), or to a receiver (`receiver_id`, or `to`): a user, with whom the direct room is made on first use, or a room (`is_group`). The
   * content is `content`, or `message`. What is sent to a receiver is confirmed by `message_sent`; in this dialect that replaces `receive_message` on the
   * sending connection.
   */
  send_message: z
    .object({
      roomId: id.optional(),
      receiver_id: id.optional(),
      to: id.optional(),
      is_group: z.boolean().default(false),
      content: content.optional(),
      message: content.optional(),
      clientId: clientId.optional(),
      client_id: clientId.optional(),
      replyTo: id.optional(),
      isEncrypted: z.boolean().default(false),
    })
    .refine(({ roomId, receiver_id, to }) => isOneOf(roomId, receiver_id, to), {
      error: 'give one of roomId, receiver_id and to',
      path: ['roomId'],
    })
    .refine((said) => isOneOf(said.content, said.message), {
      error: 'give either content or message',
      path: ['content'],
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
  /**
   * Makes a private room with these members, under a new id; where `roomId` is the id of a room that the caller may see, invites them to that one. Any other
   * `roomId` is a placeholder of the client's own.
   */
  create_chat_room: z.object({
    roomId: z
      .union([z.string(), z.number()])
      .nullish()
      .meta({ description: 'the id of an existing room; anything else is a placeholder' }),
    name: text(100).transform((name) => name.trim()),
    invited: z.array(id).max(100).default([]),
    organizationId: z
      .union([z.string(), z.number()])
      .nullish()
      .meta({ description: "the caller's own organization; anything that is no id is a placeholder" }),
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
  /** The following in direct rooms. */
  sender_id: id.optional(),
  receiver_id: id.optional(),
  created_at: timestamp.optional(),
  from: id.optional().meta({ description: 'as `sender_id`' }),
  message: z.string().optional().meta({ description: 'as `content`' }),
};

/** What the server emits. Fields are only ever added. */
export const serverEvents = {
  receive_message: z.object(receivedMessage),
  /** To the connection that sent something to a receiver, once it is stored. */
  message_sent: z.object({
    ...receivedMessage,
    to: id.meta({ description: 'the receiver' }),
    client_id: z.string().optional(),
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
  /** `permanent`: a new member. `temporary`: a member has come into the room with their first connection; that has no number. */
  user_joined: z
    .object({
      ...who,
      roomId: id,
      seq: z.number().int(),
      type: z.enum(['permanent', 'temporary']),
      timestamp,
    })
    .partial({ seq: true }),
  /** Likewise; `temporary`: their last connection has left the room. */
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
  /** To who made a room, and of a public one in an organization to everyone there: a new room, which this user may see. */
  room_created: z.object({
    roomId: id,
    kind: z.string(),
    name: z.string().nullable(),
    organizationId: id.nullable(),
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

import { z } from 'zod';
import { id, shownName } from '../schemas/common.ts';
import { fieldError } from '../schemas/field-error.ts';
import { clientId, content, reaction } from '../schemas/message.ts';
import { notification } from '../schemas/notification.ts';
import { roomDetails } from '../schemas/room.ts';
import { syncQuestion } from '../schemas/sync.ts';

/** An id, or what a client sends while it has none. */
const placeholder = z.union([z.string(), z.number()], { error: 'must be a string or a number' }).nullish();

const isOneOf = (...values: unknown[]) => values.filter((value) => value !== undefined).length === 1;

/**
 * The canonical socket protocol: events that a client may emit. Every event takes an optional
 * acknowledgement callback: `{ok: true, data}` or `{ok: false, error: {code, message, retryable}}`.
 * Without one, an error arrives as the event `error`.
 */
export const clientEvents = {
  /**
   * Subscribes this connection to a room; members only. Acknowledged with the room's `seq` at the
   * start of the subscription. The other members in the room receive `user_joined` for the user's
   * first connection.
   */
  join_room: z.object({ roomId: id }),
  /** As `join_room`, but first makes a user who may see the room a member. Members are notified. */
  enter_room: z.object({ roomId: id }),
  /**
   * Subscribes to all rooms of the user, including future ones. Acknowledged with their ids, and
   * with those that the connection's limit leaves out (`unheard`).
   */
  join_rooms: z.object({}).optional(),
  /**
   * Subscribes to these rooms and returns their changes. Acknowledged as `POST /api/v1/sync`
   * answers, plus `unheard`: rooms of the answer without a subscription, because the connection has
   * reached its limit. Live events of a room begin at or before its answered `seq` (while
   * `hasMore`, that of the last page), so events with a `seq` up to that are in the answer too.
   */
  resume: syncQuestion,
  /**
   * Unsubscribes this connection from the room; the membership stays. A connection that receives
   * all rooms of its user still receives this room's messages. The others in the room receive
   * `user_left` for the user's last connection.
   */
  leave_room: z.object({ roomId: id }),
  /**
   * Sends to a room (`roomId`) or to a receiver (`receiver_id` or `to`): a user, whose direct room
   * is created on first use, or a room (`is_group`). The content is `content` or `message`.
   * `message_sent` confirms a message to a receiver; in that dialect it replaces `receive_message`
   * on the sending connection.
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
  /** Repeating a reaction removes it, unless `on` states the outcome. `roomId` is optional. */
  react_message: z.object({
    roomId: id.optional(),
    messageId: id,
    reaction,
    on: z.boolean().optional(),
  }),
  /** Marks the room read up to that message, or to its end. */
  message_read: z.object({ roomId: id, messageId: id.optional() }),
  typing: z.object({ roomId: id, isTyping: z.boolean().default(true) }),
  /**
   * Extends the connection with a new access token of the same session. Acknowledged with its
   * expiry.
   */
  refresh_token: z.object({ token: z.string().min(1).max(4_096) }),
  get_room_users: z.object({ roomId: id }),
  /**
   * Creates a private room with these members and a new id. If `roomId` is a room that the caller
   * may see, invites them to that room. Any other `roomId` is a placeholder.
   */
  create_chat_room: z.object({
    roomId: placeholder.meta({ description: 'the id of an existing room; anything else is a placeholder' }),
    name: shownName(1, 100),
    invited: z.array(id).max(100).default([]),
    organizationId: placeholder.meta({
      description: "the caller's own organization; anything that is not an id is a placeholder",
    }),
  }),
} as const;

export type ClientEvent = keyof typeof clientEvents;
export type ClientPayload<E extends ClientEvent> = z.output<(typeof clientEvents)[E]>;

const user = { userId: id, username: z.string() };
const timestamp = z.string().meta({ description: 'ISO 8601' });

const receivedMessage = {
  id,
  roomId: id,
  seq: z.number().int(),
  ...user,
  content: z.string(),
  clientId: z.string().nullable(),
  replyTo: id.nullable(),
  isEncrypted: z.boolean(),
  createdAt: timestamp,
  timestamp,
  /** For direct rooms, from here on. */
  sender_id: id.optional(),
  receiver_id: id.optional(),
  created_at: timestamp.optional(),
  from: id.optional().meta({ description: 'as `sender_id`' }),
  message: z.string().optional().meta({ description: 'as `content`' }),
};

const passage = {
  ...user,
  roomId: id,
  seq: z.number().int().optional(),
  type: z.enum(['permanent', 'temporary']),
  timestamp,
};

/** Events that the server emits. Fields are only ever added. */
export const serverEvents = {
  receive_message: z.object(receivedMessage),
  /** To the connection that sent to a receiver, once the message is stored. */
  message_sent: z.object({
    ...receivedMessage,
    to: id.meta({ description: 'the receiver' }),
    client_id: z.string().optional(),
  }),
  message_edited: z.object({
    id,
    roomId: id,
    seq: z.number().int(),
    ...user,
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
    ...user,
    reaction: z.string(),
    on: z.boolean(),
    counts: z.record(z.string(), z.number().int()),
    timestamp,
  }),
  /**
   * `permanent`: a new member. `temporary`: a member's first connection entered the room; has no
   * `seq`.
   */
  user_joined: z.object(passage),
  /** As `user_joined`; `temporary`: the member's last connection left the room. */
  user_left: z.object(passage),
  user_typing: z.object({
    ...user,
    roomId: id,
    isTyping: z.boolean(),
    timestamp,
  }),
  user_status: z.object({
    ...user,
    status: z.enum(['online', 'offline']),
    timestamp,
  }),
  room_joined: z.object({ roomId: id, seq: z.number().int() }),
  /** Answer to `join_rooms`. */
  rooms_joined: z.object({
    userId: id,
    roomIds: z.array(id),
    unheard: z.array(id).meta({
      description: "rooms without a subscription, because of the connection's limit; join some instead",
    }),
    hasMore: z.boolean().meta({ description: 'the user has still more rooms, unheard too' }),
  }),
  room_users: z.object({
    roomId: id,
    users: z.array(z.object({ ...user, isOnline: z.boolean() })),
  }),
  /**
   * Of each reader at most one per second, the last, and likewise the other receipts below. In
   * rooms with more than `RECEIPTS_UP_TO` members, only to the reader's own connections.
   */
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
  /** The message and all before it have reached a device of that member. */
  message_delivered: z.object({
    messageId: id,
    roomId: id,
    userId: id,
    status: z.literal('delivered'),
    timestamp,
  }),
  /** This user no longer belongs to the room. No further events of it follow. */
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
    /** Whether another user added this one. */
    invited: z.boolean(),
  }),
  /**
   * A new room that this user may see. Sent to its creator, and for a public room of an
   * organization to all its people.
   */
  room_created: z.object({
    roomId: id,
    kind: z.string(),
    name: z.string().nullable(),
    organizationId: id.nullable(),
  }),
  /** Somebody changed the room. Sent to its members, whether or not they have joined it. */
  room_updated: z.object({
    roomId: id,
    kind: z.string(),
    name: z.string().nullable(),
    isPrivate: z.boolean(),
    organizationId: id.nullable(),
    earlierUnread: z.boolean().optional(),
    ...roomDetails.partial().shape,
    timestamp,
  }),
  /** A new notification, or an unread one with another message: the same id is the same one. */
  notification,
  /** A notification has another text or count, or was read on this or another connection. */
  notification_updated: notification,
  /** A notification was deleted, or what it announced no longer exists. */
  notification_removed: z.object({ id }),
  /** This connection's token is about to expire; send `refresh_token`. Emitted once per token. */
  token_expiring: z.object({ expiresAt: timestamp }),
  /**
   * The gateway is shutting down and closes this connection within that time (`draining`). It
   * accepts events until then.
   */
  server_draining: z.object({ reconnectWithinMs: z.number().int() }),
  error: z.object({
    code: z.string(),
    type: z.string(),
    message: z.string(),
    retryable: z.boolean().optional(),
    retryAfterMs: z.number().optional(),
    /**
     * The limit that was reached (`5 per 10 seconds, user and room`) and the server's setting for
     * it.
     */
    limit: z.string().optional(),
    setting: z.string().optional(),
    fields: z.array(fieldError).readonly().optional(),
  }),
} as const;

export type ServerEvent = keyof typeof serverEvents;
export type ServerPayload<E extends ServerEvent> = z.output<(typeof serverEvents)[E]>;

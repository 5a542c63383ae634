import { z } from 'zod';
import { accountKinds, bookmark, draft, notificationSettings, roomSettings } from '../schemas/account.ts';
import { commandAnswer } from '../schemas/command.ts';
import { id, shownName } from '../schemas/common.ts';
import { mentionFields, mentionRequest, roomMentions } from '../schemas/mention.ts';
import { content, pin, reaction, threadsApart, writeConditions } from '../schemas/message.ts';
import { notification } from '../schemas/notification.ts';
import { roomDetails } from '../schemas/room.ts';
import { syncQuestion } from '../schemas/sync.ts';
import { isThreadMark, needsSeq, threadMark, threadPosition } from '../schemas/thread.ts';
import { isBot } from '../schemas/user.ts';
import { errorEvent } from './error-event.ts';
import { messageToSend } from './message-to-send.ts';
import { receivedMessage, timestamp, user } from './received-message.ts';

/** An id, or what a client sends while it has none. */
const placeholder = z.union([z.string(), z.number()], { error: 'must be a string or a number' }).nullish();

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
   * With `account`, the connection also receives `account_changed` from now on.
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
  send_message: messageToSend,
  edit_message: z.object({
    roomId: id,
    messageId: id,
    content,
    mentions: mentionRequest.optional(),
    ...writeConditions,
  }),
  delete_message: z.object({ roomId: id, messageId: id }),
  /** Repeating a reaction removes it, unless `on` states the outcome. `roomId` is optional. */
  react_message: z.object({
    roomId: id.optional(),
    messageId: id,
    reaction,
    on: z.boolean().optional(),
    ...writeConditions,
  }),
  /** Pins a message, or removes the pin: owner and admins, and both people of a direct room. */
  pin_message: z.object({ roomId: id, messageId: id, on: z.boolean().default(true) }),
  /** Marks the room read up to that message, or to its end. */
  message_read: z.object({ roomId: id, messageId: id.optional(), threads: threadsApart }),
  /** As `POST /api/v1/rooms/:roomId/messages/:messageId/thread/read`. */
  read_thread: z.object({ roomId: id, messageId: id, ...threadMark }).refine(isThreadMark, needsSeq),
  typing: z.object({ roomId: id, isTyping: z.boolean().default(true) }),
  /**
   * Extends the connection with a new access token of the same session. Acknowledged with its
   * expiry.
   */
  refresh_token: z.object({ token: z.string().min(1).max(8_192) }),
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

const passage = {
  ...user,
  isBot,
  roomId: id,
  seq: z.number().int().optional(),
  type: z.enum(['permanent', 'temporary']),
  timestamp,
};

const newRoom = {
  roomId: id,
  kind: z.string(),
  name: z.string().nullable(),
  organizationId: id.nullable(),
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
    isBot,
    content: z.string(),
    ...mentionFields,
    pinned: pin.optional(),
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
  /** A message was pinned, or its pin removed. */
  message_pinned: z.object({
    messageId: id,
    roomId: id,
    seq: z.number().int(),
    ...user,
    on: z.boolean(),
    timestamp,
  }),
  /**
   * `permanent`: a new member. `temporary`: a member's first connection entered the room; has no
   * `seq`. `atCreation`: the member joined with the room's creation.
   */
  user_joined: z.object({ ...passage, atCreation: z.boolean().optional() }),
  /** As `user_joined`; `temporary`: the member's last connection left the room. */
  user_left: z.object(passage),
  user_typing: z.object({
    ...user,
    isBot,
    roomId: id,
    isTyping: z.boolean(),
    timestamp,
  }),
  user_status: z.object({
    ...user,
    status: z.enum(['online', 'offline']),
    timestamp,
  }),
  /**
   * How many members of a large room are online, instead of their statuses: in rooms with more than
   * `RECEIPTS_UP_TO` members, to connections that have joined, soon after joining and when it has
   * changed, at most once per `PRESENCE_LEASE`. A user connected to several gateways counts several
   * times.
   */
  room_presence: z.object({ roomId: id, online: z.number().int(), timestamp }),
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
    users: z.array(z.object({ ...user, isBot, isOnline: z.boolean() })),
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
  /** The user has read a thread, or follows it or not. Only to their own connections. */
  thread_read: z.object({ roomId: id, userId: id, ...threadPosition.shape, timestamp }),
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
    ...newRoom,
    /** Whether another user added this one. */
    invited: z.boolean(),
  }),
  /**
   * A new room that this user may see. Sent to its creator, and for a public room of an
   * organization to all its people.
   */
  room_created: z.object(newRoom),
  /** Somebody changed the room. Sent to its members, whether or not they have joined it. */
  room_updated: z.object({
    roomId: id,
    kind: z.string(),
    name: z.string().nullable(),
    isPrivate: z.boolean(),
    organizationId: id.nullable(),
    earlierUnread: z.boolean().optional(),
    roomMentions: roomMentions.optional(),
    ...roomDetails.partial().shape,
    timestamp,
  }),
  /** A new notification, or an unread one with another message: the same id is the same one. */
  notification,
  /** A notification has another text or count, or was read on this or another connection. */
  notification_updated: notification,
  /** A notification was deleted, or what it announced no longer exists. */
  notification_removed: z.object({ id }),
  /**
   * The user's account has changed, here or on another device. Only to connections that have sent
   * `resume` with `account`. If `seq` is not the next number, `resume` returns the changes between.
   */
  account_changed: z.object({
    seq: z.number().int(),
    kind: z.enum(accountKinds),
    roomId: id.optional(),
    messageId: id.optional(),
    threadRoot: id.optional(),
    settings: roomSettings.or(notificationSettings).nullish(),
    draft: draft.nullish(),
    bookmark: bookmark.nullish(),
  }),
  /**
   * A message of the user began with a command of its room (`/word …`), and this is its answer to
   * them alone. Answers for everybody are messages.
   */
  command_answered: commandAnswer,
  /** This connection's token is about to expire; send `refresh_token`. Emitted once per token. */
  token_expiring: z.object({ expiresAt: timestamp }),
  /**
   * The gateway is shutting down and closes this connection within that time (`draining`). It
   * accepts events until then.
   */
  server_draining: z.object({ reconnectWithinMs: z.number().int() }),
  error: errorEvent,
} as const;

export type ServerEvent = keyof typeof serverEvents;
export type ServerPayload<E extends ServerEvent> = z.output<(typeof serverEvents)[E]>;

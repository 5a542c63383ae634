import { z } from 'zod';
import { id, seq, time } from '../schemas/common.ts';
import { message, messageStatus } from '../schemas/message.ts';
import { notification } from '../schemas/notification.ts';
import { type SyncAnswer, syncOfUser } from '../schemas/sync.ts';
import { authCalls } from './auth-calls.ts';
import { call } from './call-definition.ts';
import { envelopeSchema } from './envelope.ts';
import { membership, roomState } from './membership.ts';
import { missedEventCalls } from './missed-event-calls.ts';
import type { Change } from './timeline.ts';

const pair = z.tuple([id, id]);

/**
 * Calls between services. They read data that a read model lacks, ask another service to act, or
 * revoke access. None is on the normal path of a message.
 */
export const calls = {
  ...authCalls,
  /**
   * A room, and which of the given users are members now. `room: null` when it does not exist. At
   * most 500 users.
   */
  getMemberships: call(
    'directory.get-memberships',
    z.object({ roomId: id, userIds: z.array(id).max(500) }),
    z.object({ room: roomState.nullable(), members: z.array(membership) }),
  ),
  /**
   * The rooms of this list that exist, and the user's memberships in them; of direct rooms, also
   * the other person's. At most 500 rooms.
   */
  getStandings: call(
    'directory.get-standings',
    z.object({ userId: id, roomIds: z.array(id).max(500) }),
    z.object({ rooms: z.array(roomState), members: z.array(membership) }),
  ),
  ...missedEventCalls,
  /** Members of a room with their names, at most `limit`. */
  getRoomMembers: call(
    'directory.get-room-members',
    z.object({ roomId: id, limit: z.number().int().min(1).max(1_000) }),
    z.object({ members: z.array(membership) }),
  ),
  /**
   * Ids of the rooms that a user belongs to, with or without direct ones, latest first, at most
   * `limit`.
   */
  getUserRooms: call(
    'directory.get-user-rooms',
    z.object({
      userId: id,
      direct: z.boolean().default(true),
      limit: z.number().int().min(1).max(100_001).default(500),
    }),
    z.object({ roomIds: z.array(id) }),
  ),
  /**
   * As `getUserRooms` without direct rooms, for several users. At most 50; each is answered.
   * `large`: those of all these rooms with more than `upTo` members. New: a directory of the last
   * release does not answer this, and one of this release may omit `large`.
   */
  getRoomsOfUsers: call(
    'directory.get-rooms-of-users',
    z.object({
      userIds: z.array(id).max(50),
      limit: z.number().int().min(1).max(100_001),
      upTo: z.number().int().min(0).optional(),
    }),
    z.object({
      users: z.array(z.object({ userId: id, roomIds: z.array(id) })),
      large: z.array(id).optional(),
    }),
  ),
  /**
   * Makes the user a member of a room that is open to them. Succeeds for a member. Errors:
   * `room_not_found`, `not_authorized`, `limit_reached`.
   */
  joinRoom: call('directory.join-room', z.object({ userId: id, roomId: id }), z.object({ room: roomState })),
  /**
   * Invites people to the room `existing` if the user may see it; only its owner and admins may
   * invite. Otherwise creates a private room of the user's organization with the id `roomId` and
   * these members. Repeated, it adds them to that room. Errors: `not_authorized`, `user_not_found`,
   * `blocked`, `limit_reached`, `rate_limit`, `room_kind`; `room_not_found` if the room of that id
   * was deleted.
   */
  createChatRoom: call(
    'directory.create-chat-room',
    z.object({
      userId: id,
      roomId: id,
      existing: id.nullish(),
      name: z.string(),
      invited: z.array(id).max(100),
    }),
    z.object({ room: roomState }),
  ),
  /**
   * The audience of a user's presence: the rooms they belong to (not direct ones) and the people
   * who know them, at most 500 each.
   */
  getAudience: call(
    'directory.get-audience',
    z.object({ userId: id }),
    z.object({ roomIds: z.array(id), userIds: z.array(id) }),
  ),
  /**
   * As `getAudience`, for several users; see `getRoomsOfUsers`. At most `limit` rooms and as many
   * people each, without rooms of more than `upTo` members; a directory of the last release ignores
   * both.
   */
  getAudiences: call(
    'directory.get-audiences',
    z.object({
      userIds: z.array(id).max(50),
      limit: z.number().int().min(1).max(500).default(500),
      upTo: z.number().int().min(0).optional(),
    }),
    z.object({ users: z.array(z.object({ userId: id, roomIds: z.array(id), userIds: z.array(id) })) }),
  ),
  /** Those of these pairs of users with a block in either direction. At most 1,000. */
  getBlocks: call(
    'directory.get-blocks',
    z.object({ pairs: z.array(pair).max(1_000) }),
    z.object({ pairs: z.array(pair) }),
  ),
  /** Users with a block between them and this user, in either direction, or only `own` blocks. */
  getBlockedUsers: call(
    'directory.get-blocked-users',
    z.object({ userId: id, limit: z.number().int().min(1).max(10_000), own: z.boolean().optional() }),
    z.object({ userIds: z.array(id) }),
  ),
  /** As `getBlockedUsers`, for several users; see `getRoomsOfUsers`. */
  getBlocksOfUsers: call(
    'directory.get-blocks-of-users',
    z.object({ userIds: z.array(id).max(50), limit: z.number().int().min(1).max(10_000) }),
    z.object({ users: z.array(z.object({ userId: id, userIds: z.array(id) })) }),
  ),
  /**
   * The direct room of two users, created on first use. Errors: `user_not_found`, `self_reference`,
   * `blocked`, `rate_limit`.
   */
  openDirectRoom: call(
    'directory.open-direct-room',
    z.object({ userId: id, otherId: id }),
    z.object({ room: roomState }),
  ),
  /**
   * The direct room of two users, or null. Errors: `self_reference`; `user_not_found` for a user
   * whom the caller may not see.
   */
  findDirectRoom: call(
    'directory.find-direct-room',
    z.object({ userId: id, otherId: id }),
    z.object({ room: roomState.nullable() }),
  ),
  /**
   * The changes of a room after a `seq`, oldest first, and the room's latest `seq`. The calling
   * service must check membership.
   */
  getChanges: call(
    'messages.get-changes',
    z.object({
      roomId: id,
      afterSeq: seq,
      limit: z.number().int().min(1).max(500),
    }),
    z.object({ changes: z.array(z.custom<Change>()), seq }),
  ),
  /**
   * The latest `seq` of each of these rooms that has changes; with `before`, only of changes from
   * before that time, for rooms that have later ones. At most 500 rooms.
   */
  getHeads: call(
    'messages.get-heads',
    z.object({ roomIds: z.array(id).max(500), before: time.optional() }),
    z.object({ heads: z.array(z.object({ roomId: id, seq })) }),
  ),
  /**
   * The answer to `POST /api/v1/sync` for a user. `positions: false` omits read positions; a server
   * of an earlier release sends them, and ignores `newAtCreation`. Errors: `unavailable`, `timeout`
   * when membership cannot be determined.
   */
  syncRooms: call('messages.sync-rooms', syncOfUser, z.custom<SyncAnswer>()),
  /**
   * The latest message of each of these rooms that the user is a member of. Ignores deleted
   * messages. At most 100 rooms.
   */
  getLatestMessages: call(
    'messages.get-latest-messages',
    z.object({ userId: id, roomIds: z.array(id).max(100) }),
    z.object({ messages: z.array(z.object({ message, status: messageStatus })) }),
  ),
  /**
   * The latest messages of a room, oldest first, without deleted ones: at most `most`. A server of
   * an earlier release uses `limit` instead and omits `hasMore`. Errors: `room_not_found`,
   * `not_authorized`.
   */
  getRecentMessages: call(
    'messages.get-recent-messages',
    z.object({
      userId: id,
      organizationId: id.nullable(),
      roomId: id,
      limit: z.number().int().min(1).max(200),
      most: z.number().int().min(1).max(1_000).optional(),
    }),
    z.object({
      messages: z.array(z.object({ message, status: messageStatus })),
      hasMore: z.boolean().optional(),
    }),
  ),
  /** Which of these users are connected. At most 200. */
  getPresence: call(
    'gateway.get-presence',
    z.object({ userIds: z.array(id).max(200) }),
    z.object({ online: z.array(id) }),
  ),
  /** Which of these users have which of these rooms open on a connection. At most 1,000 pairs. */
  getWatchers: call(
    'gateway.get-watchers',
    z.object({ watches: z.array(z.object({ roomId: id, userId: id })).max(1_000) }),
    z.object({ watching: z.array(z.object({ roomId: id, userId: id })) }),
  ),
  /**
   * Directory events that revoke access: a member left, may no longer send or has another role; a
   * room is gone. Called before the change is acknowledged, so that revoked access is refused from
   * then on. The same events also follow over the bus, which records them in the timeline. At most
   * 1,000. The method keeps its first name, so that services of two releases can call each other.
   */
  revokeAccess: call(
    'messages.foretell',
    z.object({ events: z.array(envelopeSchema).max(1_000) }),
    z.object({}),
  ),
  /**
   * As `revokeAccess`, for events that end memberships: a member left, or a room is gone. Called
   * before the change is acknowledged, so that a former member's inbox shows nothing written
   * afterwards. At most 1,000.
   */
  revokeInboxAccess: call(
    'notifications.revoke-access',
    z.object({ events: z.array(envelopeSchema).max(1_000) }),
    z.object({}),
  ),
  /**
   * The rows with these ids as clients may see them now, without rows that are gone. The text of a
   * message is checked against the message, which may have changed since the row was written. At
   * most 500.
   */
  getLiveNotifications: call(
    'notifications.get-live',
    z.object({ ids: z.array(id).max(500) }),
    z.object({ notifications: z.array(notification) }),
  ),
  /** These messages as they are now, including deleted ones. At most 500. */
  getMessages: call(
    'messages.get-messages',
    z.object({ messages: z.array(z.object({ roomId: id, seq })).max(500) }),
    z.object({ messages: z.array(message) }),
  ),
  /**
   * The messages of a room since a time that are not deleted, oldest first, at most the latest
   * 1,000; and for each of the users who is a member, the `seq` up to which the room has been read
   * or, if later, the `seq` at which they joined.
   */
  getMissedMessages: call(
    'messages.get-missed-messages',
    z.object({ roomId: id, since: time, userIds: z.array(id).max(1_000) }),
    z.object({ messages: z.array(message), positions: z.array(z.object({ userId: id, seq })) }),
  ),
  /** The room of a message, or null. */
  locateMessage: call(
    'messages.locate-message',
    z.object({ messageId: id }),
    z.object({ roomId: id.nullable() }),
  ),
} as const;

export type Call = (typeof calls)[keyof typeof calls];
export type CallInput<C extends Call> = z.input<C['input']>;
export type CallOutput<C extends Call> = z.output<C['output']>;
/** The input after parsing, as the handler receives it. */
export type CallQuestion<C extends Call> = z.output<C['input']>;

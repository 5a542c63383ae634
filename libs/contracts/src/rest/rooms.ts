import { z } from 'zod';
import { because, freeText, id, optionalText, pageLimit, queryFlag, shownName } from '../schemas/common.ts';
import { roomMentions } from '../schemas/mention.ts';
import { member, memberRole, room, roomName } from '../schemas/room.ts';
import { isBot } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'directory';
const tag = 'rooms';
export const roomParams = z.object({ roomId: id });
const memberParams = z.object({ roomId: id, userId: id });

/** A room as one user sees it. */
export const roomView = room
  .extend({
    role: memberRole.nullable().meta({ description: "the caller's role; null when they are not a member" }),
    peer: z
      .object({ userId: id, username: z.string(), name: z.string(), isBot })
      .nullable()
      .meta({ description: 'the other user of a direct room of the caller; null for other rooms' }),
  })
  .meta({ id: 'RoomView' });
export type RoomView = z.output<typeof roomView>;

export const roomPageQuery = z
  .object({
    limit: pageLimit(50, 200),
    cursor: id.optional(),
    page: z.coerce.number().int().min(1).max(10_000).optional(),
  })
  .refine(
    (query) => query.cursor === undefined || query.page === undefined,
    because('combination', 'cursor and page exclude one another'),
  );

export const roomPage = z.object({
  rooms: z.array(roomView),
  nextCursor: id.nullable().meta({ description: 'null at the end' }),
  total: z.number().int().nullable().meta({ description: 'present only with `page`' }),
});

const details = {
  description: optionalText(1_000).default(''),
  picture: freeText.default(''),
  earlierUnread: z.boolean().default(false),
  roomMentions: roomMentions.default('auto'),
  members: z.array(id).max(500).default([]),
};

/** Without a `kind`, the room is a channel. */
export const newRoom = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('channel').optional(),
    name: roomName,
    isPrivate: z.boolean().default(false),
    ...details,
  }),
  z.object({ kind: z.literal('group'), name: shownName(1, 100), ...details }),
  z.object({ kind: z.literal('direct'), userId: id }),
]);

export const createRoom = operation({
  id: 'createRoom',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms',
  scope: 'rooms:write',
  summary: 'Create a room',
  description:
    'The room belongs to the organization of the caller, who owns it. Groups are always ' +
    'private. Two users have one direct room: requests by either of them return the same ' +
    'room. Adding users who do not have the caller as a contact has a rate limit of its own, ' +
    '`ADD_USERS_RATE`; so has opening a direct room with one.',
  body: newRoom,
  status: 201,
  response: roomView,
  errors: ['self_reference', 'user_not_found', 'blocked', 'limit_reached'],
});

export const listRooms = operation({
  id: 'listRooms',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms',
  scope: 'rooms:read',
  summary: 'Rooms that the caller may see, newest first',
  description:
    "Public channels of the caller's organization (for users without one: channels outside " +
    'organizations) and all rooms of the caller; with `mine=true`, only the latter. Rooms with ' +
    'long pictures shorten a page by cursor. A page by number is complete, and leaves `picture` ' +
    'empty beyond two million characters in all.',
  query: roomPageQuery.safeExtend({ mine: queryFlag.default(false) }),
  status: 200,
  response: roomPage,
});

export const getRoom = operation({
  id: 'getRoom',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId',
  scope: 'rooms:read',
  summary: 'One room',
  params: roomParams,
  status: 200,
  response: roomView,
  errors: ['room_not_found'],
});

export const updateRoom = operation({
  id: 'updateRoom',
  service,
  tag,
  method: 'patch',
  path: '/api/v1/rooms/:roomId',
  scope: 'rooms:write',
  summary: 'Change a room; owner and admins',
  description:
    'Absent fields stay as they are. The name of a channel has 3 to 30 characters. Only ' +
    'channels can be public.',
  params: roomParams,
  body: z
    .object({
      name: shownName(1, 100),
      description: optionalText(1_000),
      picture: freeText,
      isPrivate: z.boolean(),
      earlierUnread: z.boolean(),
      roomMentions,
    })
    .partial(),
  status: 200,
  response: roomView,
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

export const deleteRoom = operation({
  id: 'deleteRoom',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId',
  scope: 'rooms:write',
  summary: 'Delete a room; owner only',
  params: roomParams,
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

export const joinRoom = operation({
  id: 'joinRoom',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/join',
  scope: 'rooms:write',
  summary: 'Join a public channel; idempotent',
  description: 'Joining rooms has a rate limit of its own, `JOIN_RATE`, for each user.',
  params: roomParams,
  status: 200,
  response: roomView,
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'limit_reached'],
});

export const leaveRoom = operation({
  id: 'leaveRoom',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/leave',
  scope: 'rooms:write',
  summary: 'Leave a room and end the membership',
  params: roomParams,
  status: 200,
  response: z.object({ success: z.literal(true), message: z.string() }),
  errors: ['room_not_found', 'not_authorized', 'owner_cannot_leave', 'room_kind'],
});

export const listMembers = operation({
  id: 'listMembers',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/members',
  scope: 'rooms:read',
  summary: 'Members of a room, in the order they joined; members only',
  params: roomParams,
  query: z.object({ limit: pageLimit(1_000, 1_000), cursor: z.string().max(1_000).optional() }),
  status: 200,
  response: z.object({ members: z.array(member), nextCursor: z.string().nullable() }),
  errors: ['room_not_found', 'not_authorized'],
});

export const addMembers = operation({
  id: 'addMembers',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/members',
  scope: 'rooms:write',
  summary: 'Add members; owner and admins. Idempotent',
  description:
    'Adding users who do not have the caller as a contact has a rate limit of its own, ' +
    '`ADD_USERS_RATE`.',
  params: roomParams,
  body: z.object({ userIds: z.array(id).min(1).max(100) }),
  status: 200,
  response: roomView,
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'blocked', 'room_kind', 'limit_reached'],
});

export const removeMember = operation({
  id: 'removeMember',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/members/:userId',
  scope: 'rooms:write',
  summary: 'Remove a member with a lower role; or oneself, which leaves the room',
  params: memberParams,
  status: 204,
  errors: [
    'room_not_found',
    'not_authorized',
    'user_not_found',
    'owner_cannot_leave',
    'last_member',
    'room_kind',
  ],
});

export const setMemberRole = operation({
  id: 'setMemberRole',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/members/:userId/role',
  scope: 'rooms:write',
  summary: 'Make a member an admin, or an admin a member; owner only',
  params: memberParams,
  body: z.object({ role: z.enum(['admin', 'member']) }),
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'self_reference', 'room_kind'],
});

export const transferRoom = operation({
  id: 'transferRoom',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/owner',
  scope: 'rooms:write',
  summary: 'Transfer a room to a member; owner only, who becomes an admin',
  params: roomParams,
  body: z.object({ userId: id }),
  status: 200,
  response: roomView,
  errors: [
    'room_not_found',
    'not_authorized',
    'user_not_found',
    'self_reference',
    'room_kind',
    'limit_reached',
  ],
});

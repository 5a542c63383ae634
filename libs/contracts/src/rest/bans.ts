import { z } from 'zod';
import { id, optionalText, pageLimit, time } from '../schemas/common.ts';
import { isBot } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'directory';
const tag = 'rooms';
const roomParams = z.object({ roomId: id });

/** A ban of a user from a room. */
export const roomBan = z
  .object({
    roomId: id,
    userId: id,
    username: z.string(),
    isBot,
    reason: z.string(),
    bannedBy: id.nullable().meta({ description: 'null when that account no longer exists' }),
    createdAt: time,
  })
  .meta({ id: 'RoomBan' });
export type RoomBan = z.output<typeof roomBan>;

export const banUser = operation({
  id: 'banUser',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/bans',
  scope: 'rooms:write',
  summary: 'Ban a user from a room; owner and admins, for users with lower roles. Idempotent',
  description:
    'Removes a member. While the ban exists, the user cannot join, be added or use an invite, ' +
    'and cannot see the room if it is private. Users who are not members can be banned, too. ' +
    'Repeating the request does not change the ban.',
  params: roomParams,
  body: z.object({ userId: id, reason: optionalText(500).default('') }),
  status: 201,
  response: roomBan,
  errors: [
    'room_not_found',
    'not_authorized',
    'user_not_found',
    'self_reference',
    'room_kind',
    'limit_reached',
  ],
});

export const listBans = operation({
  id: 'listBans',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/bans',
  scope: 'rooms:write',
  summary: 'Bans of a room, latest first; owner and admins',
  params: roomParams,
  query: z.object({ limit: pageLimit(100, 200), cursor: z.string().max(1_000).optional() }),
  status: 200,
  response: z.object({ bans: z.array(roomBan), nextCursor: z.string().nullable() }),
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

export const unbanUser = operation({
  id: 'unbanUser',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/bans/:userId',
  scope: 'rooms:write',
  summary: 'Lift a ban; owner and admins. Idempotent',
  description: 'The user may join again but is not added.',
  params: roomParams.extend({ userId: id }),
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

import { z } from 'zod';
import { id, optionalText, pageLimit, time } from '../schemas/common.ts';
import { username } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'directory';
const tag = 'rooms';
const roomParams = z.object({ roomId: id });

/** Somebody who may not come into a room. */
export const roomBan = z
  .object({
    roomId: id,
    userId: id,
    username,
    reason: z.string(),
    bannedBy: id.nullable().meta({ description: 'null when that user has gone' }),
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
  summary: 'Ban somebody from a room; owner and admins, of those in lower roles. May be repeated',
  description:
    'A member is removed. As long as the ban stands they cannot join, be added, or use an invite; what is private does not exist for them. Who is no member can be banned, too. Repeated, the ban stays as it was.',
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
  summary: 'Who is banned from a room, latest first; owner and admins',
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
  summary: 'Lift a ban; owner and admins. May be repeated',
  description: 'They may come back; they are not put back.',
  params: roomParams.extend({ userId: id }),
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

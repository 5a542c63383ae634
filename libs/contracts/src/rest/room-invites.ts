import { z } from 'zod';
import { id, time } from '../schemas/common.ts';
import { operation } from './operation.ts';
import { roomParams, roomView } from './rooms.ts';

const service = 'directory';
const tag = 'rooms';

/** An invite without its secret token. */
export const roomInvite = z
  .object({
    id,
    roomId: id,
    createdBy: id.nullable(),
    createdAt: time,
    expiresAt: time,
    maxUses: z.number().int().nullable().meta({ description: 'null: no limit' }),
    uses: z.number().int(),
  })
  .meta({ id: 'RoomInvite' });
export type RoomInvite = z.output<typeof roomInvite>;

export const createInvite = operation({
  id: 'createInvite',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/invites',
  scope: 'rooms:write',
  summary: 'Create an invite; owner only',
  description: 'The token is shown only in this response.',
  params: roomParams,
  body: z
    .object({
      expiresInSeconds: z.number().int().min(1).max(31_536_000).default(604_800),
      maxUses: z.number().int().min(1).max(1_000_000).optional(),
    })
    .default({ expiresInSeconds: 604_800 }),
  status: 201,
  response: roomInvite.extend({ token: z.string() }),
  errors: ['room_not_found', 'not_authorized', 'room_kind', 'limit_reached'],
});

export const listInvites = operation({
  id: 'listInvites',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/invites',
  scope: 'rooms:write',
  summary: 'Valid invites, newest first; owner and admins',
  params: roomParams,
  status: 200,
  response: z.object({ invites: z.array(roomInvite) }),
  errors: ['room_not_found', 'not_authorized', 'room_kind'],
});

export const revokeInvite = operation({
  id: 'revokeInvite',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/invites/:inviteId',
  scope: 'rooms:write',
  summary: 'Revoke an invite; owner and admins',
  params: z.object({ roomId: id, inviteId: id }),
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'invite_not_found', 'room_kind'],
});

export const joinByInvite = operation({
  id: 'joinByInvite',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/invites/:token/join',
  scope: 'rooms:write',
  summary: 'Join a room by invite; idempotent',
  description: 'A request by a member does not count as a use.',
  params: z.object({ token: z.string() }),
  status: 200,
  response: roomView,
  errors: ['invite_not_found', 'user_not_found', 'limit_reached'],
});

import { roomInvitesApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createInvite } from '../usecases/create-invite.ts';
import { joinByInvite } from '../usecases/join-by-invite.ts';
import { listInvites } from '../usecases/list-invites.ts';
import { revokeInvite } from '../usecases/revoke-invite.ts';

export const roomInviteRoutes = (context: Context): Route[] => [
  route(roomInvitesApi.createInvite, ({ caller, params, body }) =>
    createInvite(context, caller, params.roomId, body),
  ),
  route(roomInvitesApi.listInvites, ({ caller, params }) => listInvites(context, caller, params.roomId)),
  route(roomInvitesApi.revokeInvite, ({ caller, params }) =>
    revokeInvite(context, caller, params.roomId, params.inviteId),
  ),
  route(roomInvitesApi.joinByInvite, ({ caller, params }) => joinByInvite(context, caller, params.token)),
];

import { roomInvitesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { joinByInvite } from '../usecases/join-by-invite.ts';

export const joinByInviteRoute = (context: Context) =>
  route(roomInvitesApi.joinByInvite, ({ caller, params }) => joinByInvite(context, caller, params.token));

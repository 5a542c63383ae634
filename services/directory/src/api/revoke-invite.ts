import { roomInvitesApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { revokeInvite } from '../usecases/revoke-invite.ts';

export const revokeInviteRoute = (context: Context) =>
  route(roomInvitesApi.revokeInvite, async ({ caller, params }) => {
    await revokeInvite(context, caller, params.roomId, params.inviteId);
    return undefined;
  });

import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { createInvite } from '../usecases/organizations/manage-invites.ts';
import { inviteView } from './views.ts';

export const createOrganizationInviteRoute = (context: AuthContext) =>
  route(organizationsApi.createOrganizationInvite, async ({ caller, body: { role, maxUses, expiresIn } }) => {
    const { invite, token } = await createInvite(context)({
      by: caller.userId,
      role,
      maxUses,
      ttlMs: expiresIn * 1_000,
    });
    return { invite: inviteView(invite), token };
  });

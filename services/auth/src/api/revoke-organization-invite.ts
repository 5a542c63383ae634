import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { revokeInvite } from '../usecases/organizations/manage-invites.ts';

export const revokeOrganizationInviteRoute = (context: AuthContext) =>
  route(organizationsApi.revokeOrganizationInvite, async ({ caller, params }) => {
    await revokeInvite(context)({ by: caller.userId, ...params });
    return undefined;
  });

import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { leaveOrganization } from '../usecases/organizations/change-members.ts';

export const leaveOrganizationRoute = (context: AuthContext) =>
  route(organizationsApi.leaveOrganization, async ({ caller }) => {
    await leaveOrganization(context)(caller);
    return undefined;
  });

import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { getOrganization } from '../usecases/organizations/describe.ts';
import { setJoinPolicy } from '../usecases/organizations/set-join-policy.ts';
import { organizationView } from './views.ts';

export const updateOrganizationRoute = (context: AuthContext) =>
  route(organizationsApi.updateOrganization, async ({ caller, body }) => {
    await setJoinPolicy(context)({ by: caller.userId, ...body });
    return organizationView(await getOrganization(context)(caller));
  });

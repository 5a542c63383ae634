import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { getOrganization } from '../usecases/organizations/describe.ts';
import { joinOrganization } from '../usecases/organizations/join.ts';
import { organizationView } from './views.ts';

export const joinOrganizationRoute = (context: AuthContext) =>
  route(organizationsApi.joinOrganization, async ({ caller: { userId }, body }) => {
    await joinOrganization(context)({
      userId,
      by: body.name === undefined ? { invite: body.invite ?? '' } : { name: body.name },
    });
    return organizationView(await getOrganization(context)({ userId }));
  });

import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { getOrganization } from '../usecases/organizations/describe.ts';
import { createOrganization } from '../usecases/organizations/join.ts';
import { organizationView } from './views.ts';

export const createOrganizationRoute = (context: AuthContext) =>
  route(organizationsApi.createOrganization, async ({ caller: { userId }, body }) => {
    await createOrganization(context)({ userId, ...body });
    return organizationView(await getOrganization(context)({ userId }));
  });

import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { getOrganization } from '../usecases/organizations/describe.ts';
import { organizationView } from './views.ts';

export const getOrganizationRoute = (context: AuthContext) =>
  route(organizationsApi.getOrganization, async ({ caller }) =>
    organizationView(await getOrganization(context)(caller)),
  );

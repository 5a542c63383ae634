import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { listInvites } from '../usecases/organizations/manage-invites.ts';
import { inviteView } from './views.ts';

export const listOrganizationInvitesRoute = (context: AuthContext) =>
  route(organizationsApi.listOrganizationInvites, async ({ caller }) => ({
    invites: (await listInvites(context)({ by: caller.userId })).map(inviteView),
  }));

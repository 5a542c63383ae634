import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { listMembers } from '../usecases/organizations/describe.ts';
import { memberView } from './views.ts';

export const listOrganizationMembersRoute = (context: AuthContext) =>
  route(organizationsApi.listOrganizationMembers, async ({ caller, query }) => {
    const { members, next } = await listMembers(context)({ userId: caller.userId, ...query });
    return { members: members.map(memberView), next };
  });

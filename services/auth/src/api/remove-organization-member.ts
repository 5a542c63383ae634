import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { removeMember } from '../usecases/organizations/change-members.ts';

export const removeOrganizationMemberRoute = (context: AuthContext) =>
  route(organizationsApi.removeOrganizationMember, async ({ caller, params }) => {
    await removeMember(context)({ by: caller.userId, ...params });
    return undefined;
  });

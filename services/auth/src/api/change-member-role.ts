import { organizationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { changeMemberRole } from '../usecases/organizations/change-members.ts';
import { memberView } from './views.ts';

export const changeMemberRoleRoute = (context: AuthContext) =>
  route(organizationsApi.changeMemberRole, async ({ caller, params, body }) =>
    memberView(await changeMemberRole(context)({ by: caller.userId, ...params, ...body })),
  );

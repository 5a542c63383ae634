import { organizationsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import {
  changeMemberRole,
  leaveOrganization,
  removeMember,
} from '../usecases/organizations/change-members.ts';
import { getOrganization, listMembers } from '../usecases/organizations/describe.ts';
import { createOrganization, joinOrganization } from '../usecases/organizations/join.ts';
import { createInvite, listInvites, revokeInvite } from '../usecases/organizations/manage-invites.ts';
import { setJoinPolicy } from '../usecases/organizations/set-join-policy.ts';
import { inviteView, memberView, organizationView } from './views.ts';

export const organizationRoutes = (context: Context): Route[] => {
  const view = async (userId: string) => organizationView(await getOrganization(context, { userId }));
  return [
    route(organizationsApi.createOrganization, async ({ caller: { userId }, body }) => {
      await createOrganization(context, { userId, ...body });
      return view(userId);
    }),
    route(organizationsApi.joinOrganization, async ({ caller: { userId }, body: { name, invite = '' } }) => {
      await joinOrganization(context, { userId, by: name === undefined ? { invite } : { name } });
      return view(userId);
    }),
    route(organizationsApi.getOrganization, ({ caller }) => view(caller.userId)),
    route(organizationsApi.updateOrganization, async ({ caller: { userId }, body }) => {
      await setJoinPolicy(context, { by: userId, ...body });
      return view(userId);
    }),
    route(organizationsApi.leaveOrganization, ({ caller }) => leaveOrganization(context, caller)),
    route(organizationsApi.listOrganizationMembers, async ({ caller: { userId }, query }) => {
      const { members, next } = await listMembers(context, { userId, ...query });
      return { members: members.map(memberView), next };
    }),
    route(organizationsApi.changeMemberRole, async ({ caller, params, body }) =>
      memberView(await changeMemberRole(context, { by: caller.userId, ...params, ...body })),
    ),
    route(organizationsApi.removeOrganizationMember, ({ caller, params }) =>
      removeMember(context, { by: caller.userId, ...params }),
    ),
    route(organizationsApi.createOrganizationInvite, async ({ caller, body: { expiresIn, ...body } }) => {
      const { invite, token } = await createInvite(context, {
        by: caller.userId,
        ...body,
        ttlMs: expiresIn * 1_000,
      });
      return { invite: inviteView(invite), token };
    }),
    route(organizationsApi.listOrganizationInvites, async ({ caller }) => ({
      invites: (await listInvites(context, { by: caller.userId })).map(inviteView),
    })),
    route(organizationsApi.revokeOrganizationInvite, ({ caller, params }) =>
      revokeInvite(context, { by: caller.userId, ...params }),
    ),
  ];
};

import type { Route } from '@parley/http';
import type { AuthContext } from '../usecases/context.ts';
import { changeMemberRoleRoute } from './change-member-role.ts';
import { changePasswordRoute } from './change-password.ts';
import { createOrganizationRoute } from './create-organization.ts';
import { createOrganizationInviteRoute } from './create-organization-invite.ts';
import { eraseMeRoute } from './erase-me.ts';
import { getJwksRoute } from './get-jwks.ts';
import { getMeRoute } from './get-me.ts';
import { getOrganizationRoute } from './get-organization.ts';
import { joinOrganizationRoute } from './join-organization.ts';
import { leaveOrganizationRoute } from './leave-organization.ts';
import { listOrganizationInvitesRoute } from './list-organization-invites.ts';
import { listOrganizationMembersRoute } from './list-organization-members.ts';
import { listSessionsRoute } from './list-sessions.ts';
import { logInRoute } from './log-in.ts';
import { logOutRoute } from './log-out.ts';
import { refreshRoute } from './refresh.ts';
import { registerRoute } from './register.ts';
import { removeOrganizationMemberRoute } from './remove-organization-member.ts';
import { revokeOrganizationInviteRoute } from './revoke-organization-invite.ts';
import { revokeOtherSessionsRoute } from './revoke-other-sessions.ts';
import { revokeSessionRoute } from './revoke-session.ts';
import { updateOrganizationRoute } from './update-organization.ts';

const routes: readonly ((context: AuthContext) => Route)[] = [
  registerRoute,
  logInRoute,
  refreshRoute,
  logOutRoute,
  getMeRoute,
  changePasswordRoute,
  eraseMeRoute,
  listSessionsRoute,
  revokeSessionRoute,
  revokeOtherSessionsRoute,
  getJwksRoute,
  createOrganizationRoute,
  joinOrganizationRoute,
  getOrganizationRoute,
  updateOrganizationRoute,
  leaveOrganizationRoute,
  listOrganizationMembersRoute,
  changeMemberRoleRoute,
  removeOrganizationMemberRoute,
  createOrganizationInviteRoute,
  listOrganizationInvitesRoute,
  revokeOrganizationInviteRoute,
];

export const authRoutes = (context: AuthContext): Route[] => routes.map((create) => create(context));

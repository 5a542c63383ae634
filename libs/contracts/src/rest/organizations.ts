import { z } from 'zod';
import { because, id, pageLimit, text, time } from '../schemas/common.ts';
import { isBot, joinPolicy, organizationName, organizationRole } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'auth';
const tag = 'organizations';

export const organization = z
  .object({
    id,
    name: z.string(),
    joinPolicy,
    memberCount: z.number().int(),
    createdAt: time,
    /** The caller's role. */
    role: organizationRole,
  })
  .meta({ id: 'Organization' });

export const organizationMember = z
  .object({ userId: id, username: z.string(), name: z.string(), isBot, role: organizationRole })
  .meta({ id: 'OrganizationMember' });

export const organizationInvite = z
  .object({
    id,
    role: organizationRole,
    uses: z.number().int(),
    maxUses: z.number().int().nullable().meta({ description: 'null: no limit' }),
    expiresAt: time,
    createdBy: id,
    createdAt: time,
  })
  .meta({ id: 'OrganizationInvite' });

const soonInTokens = 'Access tokens contain the organization from the next refresh on.';

export const createOrganization = operation({
  id: 'createOrganization',
  service,
  tag,
  method: 'post',
  path: '/api/v1/organizations',
  summary: 'Create an organization; the caller becomes its admin',
  description: `For users without an organization. ${soonInTokens}`,
  body: z.object({ name: organizationName, joinPolicy: joinPolicy.optional() }),
  status: 201,
  response: organization,
  errors: ['organization_name_taken', 'already_in_organization'],
});

export const joinOrganization = operation({
  id: 'joinOrganization',
  service,
  tag,
  method: 'post',
  path: '/api/v1/organizations/join',
  summary: 'Join an open organization by its name, or any organization by invite',
  description: `For users without an organization. ${soonInTokens}`,
  body: z
    .object({ name: text(100), invite: text(512) })
    .partial()
    .refine((body) => (body.name === undefined) !== (body.invite === undefined), {
      ...because('combination', 'give either name or invite'),
      path: ['invite'],
    }),
  status: 200,
  response: organization,
  errors: ['organization_not_found', 'organization_closed', 'invite_not_found', 'already_in_organization'],
});

export const getOrganization = operation({
  id: 'getOrganization',
  service,
  tag,
  method: 'get',
  path: '/api/v1/organizations/mine',
  summary: "The caller's organization",
  status: 200,
  response: organization,
  errors: ['organization_not_found'],
});

export const updateOrganization = operation({
  id: 'updateOrganization',
  service,
  tag,
  method: 'patch',
  path: '/api/v1/organizations/mine',
  summary: 'Set the join policy (admins)',
  body: z.object({ joinPolicy }),
  status: 200,
  response: organization,
  errors: ['organization_not_found', 'not_authorized'],
});

export const leaveOrganization = operation({
  id: 'leaveOrganization',
  service,
  tag,
  method: 'post',
  path: '/api/v1/organizations/mine/leave',
  summary: 'Leave the organization; ends all sessions of the caller',
  description:
    'The last admin cannot leave while other members exist. When the last member leaves, the ' +
    'organization is deleted, and its name becomes available.',
  status: 204,
  errors: ['organization_not_found', 'last_admin'],
});

export const listOrganizationMembers = operation({
  id: 'listOrganizationMembers',
  service,
  tag,
  method: 'get',
  path: '/api/v1/organizations/mine/members',
  summary: 'Members of the organization, in order of registration',
  query: z.object({ limit: pageLimit(50, 200), after: id.optional() }),
  status: 200,
  response: z.object({
    members: z.array(organizationMember),
    next: id.nullable().meta({ description: 'the `after` of the next page; null at the end' }),
  }),
  errors: ['organization_not_found'],
});

const memberParams = z.object({ userId: id });

export const changeMemberRole = operation({
  id: 'changeMemberRole',
  service,
  tag,
  method: 'patch',
  path: '/api/v1/organizations/mine/members/:userId',
  summary: "Change a member's role (admins)",
  description: 'Takes effect at the next token refresh of the member.',
  params: memberParams,
  body: z.object({ role: organizationRole }),
  status: 200,
  response: organizationMember,
  errors: ['organization_not_found', 'not_authorized', 'user_not_found', 'last_admin'],
});

export const removeOrganizationMember = operation({
  id: 'removeOrganizationMember',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/organizations/mine/members/:userId',
  summary: 'Remove a member (admins); ends all their sessions',
  params: memberParams,
  status: 204,
  errors: ['organization_not_found', 'not_authorized', 'user_not_found', 'last_admin'],
});

const maxInviteDays = 90;

export const createOrganizationInvite = operation({
  id: 'createOrganizationInvite',
  service,
  tag,
  method: 'post',
  path: '/api/v1/organizations/mine/invites',
  summary: 'Create an invite (admins); its token is shown only once',
  body: z
    .object({
      role: organizationRole.default('user'),
      maxUses: z.number().int().min(1).max(10_000).optional(),
      expiresIn: z
        .number()
        .int()
        .min(60)
        .max(maxInviteDays * 86_400)
        .default(7 * 86_400)
        .meta({ description: 'seconds' }),
    })
    .prefault({}),
  status: 201,
  response: z.object({ invite: organizationInvite, token: z.string() }),
  errors: ['organization_not_found', 'not_authorized', 'limit_reached'],
});

export const listOrganizationInvites = operation({
  id: 'listOrganizationInvites',
  service,
  tag,
  method: 'get',
  path: '/api/v1/organizations/mine/invites',
  summary: 'Valid invites, without their tokens, latest first (admins)',
  status: 200,
  response: z.object({ invites: z.array(organizationInvite) }),
  errors: ['organization_not_found', 'not_authorized'],
});

export const revokeOrganizationInvite = operation({
  id: 'revokeOrganizationInvite',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/organizations/mine/invites/:inviteId',
  summary: 'Revoke an invite (admins)',
  params: z.object({ inviteId: id }),
  status: 204,
  errors: ['organization_not_found', 'not_authorized', 'invite_not_found'],
});

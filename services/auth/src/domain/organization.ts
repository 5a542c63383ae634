import type { JoinPolicy, OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Identity } from './identity.ts';

export interface Organization {
  id: string;
  name: string;
  joinPolicy: JoinPolicy;
  createdAt: Date;
}

export interface Invite {
  id: string;
  organizationId: string;
  role: OrganizationRole;
  uses: number;
  maxUses: number | null;
  expiresAt: Date;
  createdBy: string;
  createdAt: Date;
}

/** Only admins create invites, and an invite works only while its creator is one. */
export const mayInvite = (user: Identity, organization: Organization): boolean =>
  user.organizationId === organization.id && user.organizationRole === 'admin';

/**
 * The role of a user who joins an organization by name.
 * @throws AppError `role_not_allowed`, `organization_closed`
 */
export function roleByName(organization: Organization, asked: OrganizationRole = 'user'): OrganizationRole {
  if (asked !== 'user')
    throw new AppError('role_not_allowed', {
      fields: [{ field: 'role', message: 'must be `user` to join by name', reason: 'choice' }],
    });
  if (organization.joinPolicy !== 'open') throw new AppError('organization_closed');
  return 'user';
}

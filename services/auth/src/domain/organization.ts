import type { JoinPolicy, OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';

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

/**
 * The role of somebody who joins an organization by naming it.
 * @throws AppError `role_not_allowed`, `organization_closed`
 */
export function roleByName(organization: Organization, asked: OrganizationRole = 'user'): OrganizationRole {
  if (asked !== 'user')
    throw new AppError('role_not_allowed', {
      fields: [{ field: 'role', message: 'who joins by name is a user' }],
    });
  if (organization.joinPolicy !== 'open') throw new AppError('organization_closed');
  return 'user';
}

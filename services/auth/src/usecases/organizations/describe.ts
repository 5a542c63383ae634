import type { OrganizationRole } from '@parley/contracts';
import type { Identity } from '../../domain/identity.ts';
import type { Organization } from '../../domain/organization.ts';
import type { AuthContext } from '../context.ts';
import { ownOrganization } from './own-organization.ts';

export interface OrganizationView {
  organization: Organization;
  memberCount: number;
  /** The caller's role. */
  role: OrganizationRole;
}

/** The user's organization, as the user sees it. @throws AppError `organization_not_found` */
export const getOrganization =
  (context: AuthContext) =>
  async ({ userId }: { userId: string }): Promise<OrganizationView> => {
    const { organization, actor } = await ownOrganization(context, userId);
    const { members } = await context.users.countMembers(organization.id);
    return { organization, memberCount: members, role: actor.organizationRole ?? 'user' };
  };

/** A page of members, and the cursor of the next. @throws AppError `organization_not_found` */
export const listMembers =
  (context: AuthContext) =>
  async (query: {
    userId: string;
    limit: number;
    after?: string | undefined;
  }): Promise<{ members: Identity[]; next: string | null }> => {
    const { organization } = await ownOrganization(context, query.userId);
    const members = await context.users.members(organization.id, {
      limit: query.limit + 1,
      after: query.after,
    });
    const page = members.slice(0, query.limit);
    return { members: page, next: members.length > page.length ? (page.at(-1)?.id ?? null) : null };
  };

import type { OrganizationRole } from '@parley/contracts';
import type { Identity } from '../../domain/identity.ts';
import type { Organization } from '../../domain/organization.ts';
import { countMembers, findMembers } from '../../stores/users.ts';
import type { Context } from '../context.ts';
import { ownOrganization } from './own-organization.ts';

export interface OrganizationView {
  organization: Organization;
  memberCount: number;
  /** The caller's role. */
  role: OrganizationRole;
}

/** The user's organization, as the user sees it. @throws AppError `organization_not_found` */
export async function getOrganization(
  context: Context,
  { userId }: { userId: string },
): Promise<OrganizationView> {
  const { organization, actor } = await ownOrganization(context, userId);
  const { members } = await countMembers(context.db, organization.id);
  return { organization, memberCount: members, role: actor.organizationRole ?? 'user' };
}

/** A page of members, and the cursor of the next. @throws AppError `organization_not_found` */
export async function listMembers(
  context: Context,
  { userId, limit, after }: { userId: string; limit: number; after?: string | undefined },
): Promise<{ members: Identity[]; next: string | null }> {
  const { organization } = await ownOrganization(context, userId);
  const members = await findMembers(context.db, organization.id, { limit: limit + 1, after });
  const page = members.slice(0, limit);
  return { members: page, next: members.length > page.length ? (page.at(-1)?.id ?? null) : null };
}

import type { OrganizationRole } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import type { Membership } from '../../domain/identity.ts';
import { type Organization, roleByName } from '../../domain/organization.ts';
import type { AuthContext } from '../context.ts';

/** Creates an organization; undefined if the name is taken. */
export async function insertOrganization(
  { organizations, settings, clock, newId }: AuthContext,
  trx: Transaction,
  name: string,
  joinPolicy = settings.joinPolicy,
): Promise<Organization | undefined> {
  const organization = { id: newId(), name, joinPolicy, createdAt: new Date(clock()) };
  return (await organizations.insert(trx, organization)) ? organization : undefined;
}

/**
 * Creates the organization of that name, or joins it if it exists. Of concurrent callers, one
 * creates it.
 */
export async function createOrJoin(
  context: AuthContext,
  trx: Transaction,
  name: string,
  role?: OrganizationRole,
): Promise<Membership> {
  // Retries only if the existing organization was dissolved in between.
  for (let attempt = 0; attempt < 3; attempt++) {
    const created = await insertOrganization(context, trx, name);
    if (created) return { organizationId: created.id, organizationRole: role ?? 'admin' };
    const existing = await context.organizations.lockToJoin(trx, { name });
    if (existing) return { organizationId: existing.id, organizationRole: roleByName(existing, role) };
  }
  throw new AppError('unavailable');
}

/** @throws AppError `organization_not_found`, `organization_closed` */
export async function admitByName(
  { organizations }: AuthContext,
  trx: Transaction,
  name: string,
): Promise<Membership> {
  const organization = await organizations.lockToJoin(trx, { name });
  if (!organization) throw new AppError('organization_not_found');
  return { organizationId: organization.id, organizationRole: roleByName(organization) };
}

/** Uses up one admission of the invite. @throws AppError `invite_not_found` */
export async function admitByInvite(
  { organizations, invites, clock }: AuthContext,
  trx: Transaction,
  token: string,
): Promise<Membership> {
  const invite = await invites.findByToken(trx, hashToken(token));
  const organization = invite && (await organizations.lockToJoin(trx, { id: invite.organizationId }));
  if (!invite || !organization || !(await invites.use(trx, invite.id, new Date(clock()))))
    throw new AppError('invite_not_found');
  return { organizationId: organization.id, organizationRole: invite.role };
}

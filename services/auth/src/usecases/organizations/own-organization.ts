import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Identity } from '../../domain/identity.ts';
import type { Organization } from '../../domain/organization.ts';
import type { AuthContext } from '../context.ts';

export interface OwnOrganization {
  organization: Organization;
  /** The acting user, read from the database because tokens may be 15 minutes out of date. */
  actor: Identity;
}

/** The user's organization. @throws AppError `organization_not_found` */
export async function ownOrganization(
  { users, organizations }: AuthContext,
  userId: string,
): Promise<OwnOrganization> {
  const actor = await users.find(userId);
  const organization = actor?.organizationId && (await organizations.find(actor.organizationId));
  if (!actor || !organization) throw new AppError('organization_not_found');
  return { organization, actor };
}

/**
 * The user's organization, locked: until the end of the transaction nobody joins, leaves or changes
 * roles.
 * @throws AppError `organization_not_found`
 */
export async function lockOwnOrganization(
  context: AuthContext,
  trx: Transaction,
  userId: string,
): Promise<OwnOrganization> {
  const { users, organizations } = context;
  const before = await users.find(userId, trx);
  const organization =
    before?.organizationId && (await organizations.lockToChange(trx, before.organizationId));
  // Reads the user again, now that the organization cannot change.
  const actor = await users.find(userId, trx);
  if (!organization || actor?.organizationId !== organization.id)
    throw new AppError('organization_not_found');
  return { organization, actor };
}

/** @throws AppError `not_authorized` */
export function requireAdmin(actor: Identity): void {
  if (actor.organizationRole !== 'admin') throw new AppError('not_authorized');
}

/** Call before an admin loses the role. @throws AppError `last_admin` */
export async function requireAnotherAdmin(
  { users }: AuthContext,
  trx: Transaction,
  organization: Organization,
): Promise<void> {
  const { admins } = await users.countMembers(organization.id, trx);
  if (admins < 2) throw new AppError('last_admin');
}

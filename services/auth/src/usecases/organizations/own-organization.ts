import { AppError } from '@parley/errors';
import type { Identity } from '../../domain/identity.ts';
import type { Organization } from '../../domain/organization.ts';
import { findOrganization, lockOrganizationToChange } from '../../stores/organizations.ts';
import { countMembers, findUser } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';

interface OwnOrganization {
  organization: Organization;
  /** The acting user, read from the database because tokens may be 15 minutes out of date. */
  actor: Identity;
}

/** The user's organization. @throws AppError `organization_not_found` */
export async function ownOrganization({ db }: Context, userId: string): Promise<OwnOrganization> {
  const actor = await findUser(db, userId);
  const organization = actor?.organizationId && (await findOrganization(db, actor.organizationId));
  if (!actor || !organization) throw new AppError('organization_not_found');
  return { organization, actor };
}

/**
 * The user's organization, locked: until the end of the transaction nobody joins, leaves or changes
 * roles.
 * @throws AppError `organization_not_found`
 */
export async function lockOwnOrganization({ trx }: Transaction, userId: string): Promise<OwnOrganization> {
  const before = await findUser(trx, userId);
  const organization = before?.organizationId && (await lockOrganizationToChange(trx, before.organizationId));
  // Reads the user again, now that the organization cannot change.
  const actor = await findUser(trx, userId);
  if (!organization || actor?.organizationId !== organization.id)
    throw new AppError('organization_not_found');
  return { organization, actor };
}

/**
 * The organization of an admin, locked in the same way.
 * @throws AppError `organization_not_found`, `not_authorized`
 */
export async function lockAsAdmin(tx: Transaction, userId: string): Promise<Organization> {
  const { organization, actor } = await lockOwnOrganization(tx, userId);
  requireAdmin(actor);
  return organization;
}

/** @throws AppError `not_authorized` */
export function requireAdmin(actor: Identity): void {
  if (actor.organizationRole !== 'admin') throw new AppError('not_authorized');
}

/** Call before an admin loses the role. @throws AppError `last_admin` */
export async function requireAnotherAdmin({ trx }: Transaction, organization: Organization): Promise<void> {
  const { admins } = await countMembers(trx, organization.id);
  if (admins < 2) throw new AppError('last_admin');
}

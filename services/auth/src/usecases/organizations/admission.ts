import type { OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import type { Membership } from '../../domain/identity.ts';
import { mayInvite, type Organization, roleByName } from '../../domain/organization.ts';
import { findInviteByHash, spendInvite } from '../../stores/invites.ts';
import { insertOrganization, lockOrganizationToJoin } from '../../stores/organizations.ts';
import { findUser } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';

/** Creates an organization; undefined if the name is taken, or one that looks like it. */
export async function addOrganization(
  { settings, clock, newId }: Context,
  { trx }: Transaction,
  name: string,
  joinPolicy = settings.joinPolicy,
): Promise<Organization | undefined> {
  const organization = { id: newId(), name, joinPolicy, createdAt: new Date(clock()) };
  return (await insertOrganization(trx, organization)) ? organization : undefined;
}

/**
 * Creates the organization of that name, or joins it if it exists. Of concurrent callers, one
 * creates it.
 * @throws AppError `organization_name_taken` if another one looks like it
 */
export async function createOrJoin(
  context: Context,
  tx: Transaction,
  name: string,
  role?: OrganizationRole,
): Promise<Membership> {
  // Retries in case the existing organization was dissolved in between.
  for (let attempt = 0; attempt < 3; attempt++) {
    const created = await addOrganization(context, tx, name);
    if (created) return { organizationId: created.id, organizationRole: role ?? 'admin' };
    const existing = await lockOrganizationToJoin(tx.trx, { name });
    if (existing) return { organizationId: existing.id, organizationRole: roleByName(existing, role) };
  }
  throw new AppError('organization_name_taken', {
    fields: [
      {
        field: 'organizationName',
        message: 'looks like the name of another organization',
        reason: 'taken',
      },
    ],
  });
}

/** @throws AppError `organization_not_found`, `organization_closed` */
export async function admitByName({ trx }: Transaction, name: string): Promise<Membership> {
  const organization = await lockOrganizationToJoin(trx, { name });
  if (!organization) throw new AppError('organization_not_found');
  return { organizationId: organization.id, organizationRole: roleByName(organization) };
}

/**
 * Uses up one admission of the invite. Its creator's role is checked under the lock that changes of
 * roles also take.
 * @throws AppError `invite_not_found`
 */
export async function admitByInvite(
  { clock }: Context,
  { trx }: Transaction,
  token: string,
): Promise<Membership> {
  const invite = await findInviteByHash(trx, hashToken(token));
  const organization = invite && (await lockOrganizationToJoin(trx, { id: invite.organizationId }));
  if (!invite || !organization) throw new AppError('invite_not_found');
  const creator = await findUser(trx, invite.createdBy);
  const works = creator !== undefined && mayInvite(creator, organization);
  if (!works || !(await spendInvite(trx, invite.id, new Date(clock()))))
    throw new AppError('invite_not_found');
  return { organizationId: organization.id, organizationRole: invite.role };
}

import type { OrganizationRole } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Identity } from '../../domain/identity.ts';
import type { Organization } from '../../domain/organization.ts';
import { countMembers, findUser } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';
import { dissolve } from './dissolve.ts';
import { leaveWithBots } from './leave-with-bots.ts';
import { changeRole } from './membership-changes.ts';
import { lockAsAdmin, lockOwnOrganization, requireAnotherAdmin } from './own-organization.ts';

/**
 * Changes a member's role, which appears in tokens from the next refresh on.
 * @throws AppError `organization_not_found`, `not_authorized`, `user_not_found`, `last_admin`
 */
export const changeMemberRole = (
  context: Context,
  { by, userId, role }: { by: string; userId: string; role: OrganizationRole },
): Promise<Identity> =>
  context.transact(async (tx) => {
    const organization = await lockAsAdmin(tx, by);
    const member = await findMember(tx, organization, userId);
    if (member.organizationRole === role) return member;
    if (member.organizationRole === 'admin') await requireAnotherAdmin(tx, organization);
    await changeRole(tx, userId, { organizationId: organization.id, role });
    return { ...member, organizationRole: role };
  });

/**
 * Removes a member and ends their sessions, whose tokens would still name the organization.
 * @throws AppError `organization_not_found`, `not_authorized`, `user_not_found`, `last_admin`
 */
export const removeMember = (
  context: Context,
  { by, userId }: { by: string; userId: string },
): Promise<void> =>
  context.transact(async (tx) => {
    const organization = await lockAsAdmin(tx, by);
    await detach(context, tx, organization, await findMember(tx, organization, userId));
  });

/**
 * Leaves the organization and ends the user's sessions. The last member dissolves it.
 * @throws AppError `organization_not_found`, `last_admin` if other members would have no admin
 */
export const leaveOrganization = (context: Context, { userId }: { userId: string }): Promise<void> =>
  context.transact(async (tx) => {
    const { organization, actor } = await lockOwnOrganization(tx, userId);
    await detach(context, tx, organization, actor);
  });

async function findMember(
  { trx }: Transaction,
  organization: Organization,
  userId: string,
): Promise<Identity> {
  const member = await findUser(trx, userId);
  // Bots are managed as such.
  if (member?.organizationId !== organization.id || member.isBot) throw new AppError('user_not_found');
  return member;
}

async function detach(
  context: Context,
  tx: Transaction,
  organization: Organization,
  member: Identity,
): Promise<void> {
  const { members } = await countMembers(tx.trx, organization.id);
  if (members > 1 && member.organizationRole === 'admin') await requireAnotherAdmin(tx, organization);
  await leaveWithBots(context, tx, member.id, organization.id);
  if (members === 1) await dissolve(context, tx, organization.id);
}

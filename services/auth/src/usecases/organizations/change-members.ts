import type { OrganizationRole } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Identity } from '../../domain/identity.ts';
import type { AddEvent, AuthContext } from '../context.ts';
import { endSessions } from '../end-sessions.ts';
import {
  lockOwnOrganization,
  type OwnOrganization,
  requireAdmin,
  requireAnotherAdmin,
} from './own-organization.ts';

/**
 * Changes a member's role, which appears in tokens from the next refresh on.
 * @throws AppError `organization_not_found`, `not_authorized`, `user_not_found`, `last_admin`
 */
export const changeMemberRole =
  (context: AuthContext) =>
  async ({ by, userId, role }: { by: string; userId: string; role: OrganizationRole }): Promise<Identity> =>
    context.outbox.transact(async (trx, add) => {
      const own = await lockOwnOrganization(context, trx, by);
      requireAdmin(own.actor);
      const member = await findMember(context, trx, own, userId);
      if (member.organizationRole === role) return member;
      if (member.organizationRole === 'admin') await requireAnotherAdmin(context, trx, own.organization);
      await context.users.changeRole(trx, userId, role);
      add(
        context.event('user.organization_changed', {
          userId,
          organizationId: own.organization.id,
          organizationRole: role,
        }),
      );
      return { ...member, organizationRole: role };
    });

/**
 * Removes a member and ends their sessions, whose tokens would still name the organization.
 * @throws AppError `organization_not_found`, `not_authorized`, `user_not_found`, `last_admin`
 */
export const removeMember =
  (context: AuthContext) =>
  async ({ by, userId }: { by: string; userId: string }): Promise<void> => {
    await context.outbox.transact(async (trx, add) => {
      const own = await lockOwnOrganization(context, trx, by);
      requireAdmin(own.actor);
      await detach(context, trx, add, own, await findMember(context, trx, own, userId));
    });
  };

/**
 * Leaves the organization and ends the user's sessions. The last member dissolves it.
 * @throws AppError `organization_not_found`, `last_admin` if other members would have no admin
 */
export const leaveOrganization =
  (context: AuthContext) =>
  async ({ userId }: { userId: string }): Promise<void> => {
    await context.outbox.transact(async (trx, add) => {
      const own = await lockOwnOrganization(context, trx, userId);
      await detach(context, trx, add, own, own.actor);
    });
  };

async function findMember(
  { users }: AuthContext,
  trx: Transaction,
  own: OwnOrganization,
  userId: string,
): Promise<Identity> {
  const member = await users.find(userId, trx);
  if (member?.organizationId !== own.organization.id) throw new AppError('user_not_found');
  return member;
}

async function detach(
  context: AuthContext,
  trx: Transaction,
  add: AddEvent,
  { organization }: OwnOrganization,
  member: Identity,
): Promise<void> {
  const { members } = await context.users.countMembers(organization.id, trx);
  if (members > 1 && member.organizationRole === 'admin')
    await requireAnotherAdmin(context, trx, organization);
  await context.users.leave(trx, member.id);
  if (members === 1) await context.organizations.delete(trx, organization.id);
  add(
    context.event('user.organization_changed', {
      userId: member.id,
      organizationId: null,
      organizationRole: null,
    }),
  );
  await endSessions(context, trx, add, { userId: member.id, reason: 'organization_left' });
}

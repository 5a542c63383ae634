import type { JoinPolicy } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Membership } from '../../domain/identity.ts';
import type { AddEvent, AuthContext } from '../context.ts';
import { admitByInvite, admitByName, insertOrganization } from './admission.ts';

/**
 * Creates an organization with the user as its admin.
 * @throws AppError `organization_name_taken`, `already_in_organization`
 */
export const createOrganization =
  (context: AuthContext) =>
  async ({
    userId,
    name,
    joinPolicy,
  }: {
    userId: string;
    name: string;
    joinPolicy?: JoinPolicy | undefined;
  }): Promise<void> => {
    await context.outbox.transact(async (trx, add) => {
      const organization = await insertOrganization(context, trx, name, joinPolicy);
      if (!organization)
        throw new AppError('organization_name_taken', { fields: [{ field: 'name', message: 'is taken' }] });
      await join(context, trx, add, userId, { organizationId: organization.id, organizationRole: 'admin' });
    });
  };

/**
 * Joins an organization by name or invite.
 * @throws AppError `organization_not_found`, `organization_closed`, `invite_not_found`,
 * `already_in_organization`
 */
export const joinOrganization =
  (context: AuthContext) =>
  async ({ userId, by }: { userId: string; by: { name: string } | { invite: string } }): Promise<void> => {
    await context.outbox.transact(async (trx, add) => {
      const membership =
        'name' in by
          ? await admitByName(context, trx, by.name)
          : await admitByInvite(context, trx, by.invite);
      await join(context, trx, add, userId, membership);
    });
  };

async function join(
  context: AuthContext,
  trx: Transaction,
  add: AddEvent,
  userId: string,
  membership: Membership,
): Promise<void> {
  if (!(await context.users.join(trx, userId, membership))) throw new AppError('already_in_organization');
  add(context.event('user.organization_changed', { userId, ...membership }));
}

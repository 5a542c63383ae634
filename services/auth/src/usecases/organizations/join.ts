import type { JoinPolicy } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Membership } from '../../domain/identity.ts';
import type { Context, Transaction } from '../context.ts';
import { addOrganization, admitByInvite, admitByName } from './admission.ts';
import { enter } from './membership-changes.ts';

/**
 * Creates an organization with the user as its admin.
 * @throws AppError `organization_name_taken`, `already_in_organization`
 */
export const createOrganization = (
  context: Context,
  { userId, name, joinPolicy }: { userId: string; name: string; joinPolicy?: JoinPolicy | undefined },
): Promise<void> =>
  context.transact(async (tx) => {
    const organization = await addOrganization(context, tx, name, joinPolicy);
    if (!organization)
      throw new AppError('organization_name_taken', {
        fields: [{ field: 'name', message: 'is taken', reason: 'taken' }],
      });
    await join(tx, userId, { organizationId: organization.id, organizationRole: 'admin' });
  });

/**
 * Joins an organization by name or invite.
 * @throws AppError `organization_not_found`, `organization_closed`, `invite_not_found`,
 * `already_in_organization`
 */
export const joinOrganization = (
  context: Context,
  { userId, by }: { userId: string; by: { name: string } | { invite: string } },
): Promise<void> =>
  context.transact(async (tx) => {
    const membership =
      'name' in by ? await admitByName(tx, by.name) : await admitByInvite(context, tx, by.invite);
    await join(tx, userId, membership);
  });

async function join(tx: Transaction, userId: string, membership: Membership): Promise<void> {
  if (!(await enter(tx, userId, membership))) throw new AppError('already_in_organization');
}

import { AppError } from '@parley/errors';
import type { Identity } from '../domain/identity.ts';
import { deleteInvitesOf } from '../stores/invites.ts';
import { lockOrganizationToChange } from '../stores/organizations.ts';
import { anonymizeSessions } from '../stores/sessions.ts';
import {
  type Credentials,
  countMembers,
  deleteUser,
  findCredentials,
  findNextAdmin,
  findUser,
  lockUserToErase,
} from '../stores/users.ts';
import { eraseBotsOf } from './bots/manage-bots.ts';
import type { CommandContext, Context, Transaction } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { dissolve } from './organizations/dissolve.ts';
import { changeRole } from './organizations/membership-changes.ts';
import { requirePassword, wrongPassword } from './require-password.ts';

/**
 * Erases the user's own account.
 * @throws AppError `invalid_credentials`, `rate_limit`, `user_not_found`
 */
export async function eraseMe(
  context: Context,
  { userId, password }: { userId: string; password: string },
): Promise<void> {
  const known = await findCredentials(context.db, userId);
  if (!known) throw new AppError('user_not_found');
  await requirePassword(context, known, { field: 'password', password });
  await context.transact((tx) => erase(context, tx, userId, known));
  // After a backup is restored, they must be erased again, and only the logs still record who.
  context.logger.info({ userId }, 'a user was erased');
}

/**
 * Erases a user on behalf of an operator; returns whether the user existed. Safe to repeat: the
 * event is published even for a missing user, for example after a backup was restored elsewhere.
 */
export const eraseUser = (context: CommandContext, { userId }: { userId: string }): Promise<boolean> =>
  context.transact((tx) => erase(context, tx, userId));

/** @param checked the credentials that were checked; they must still be current */
async function erase(
  context: CommandContext,
  tx: Transaction,
  userId: string,
  checked?: Credentials,
): Promise<boolean> {
  const { trx, emit } = tx;
  // Organizations are locked before users, so the user is first read without a lock.
  const before = await findUser(trx, userId);
  if (before?.organizationId) await lockOrganizationToChange(trx, before.organizationId);
  const present = await lockUserToErase(trx, userId);
  if (present?.identity.organizationId !== before?.organizationId) throw new AppError('unavailable');
  if (checked && present?.passwordVersion !== checked.passwordVersion) throw wrongPassword('password');
  if (present) {
    await endSessions(context, tx, { userId, reason: 'revoked' });
    await anonymizeSessions(trx, userId);
    await deleteInvitesOf(trx, userId);
    await eraseBotsOf(context, tx, { kind: 'user', id: userId });
    await deleteUser(trx, userId);
    await leaveOrganization(context, tx, present.identity);
  }
  emit('user.erased', { userId });
  return present !== undefined;
}

/** Deletes an organization with its last member. Appoints a new admin after its last one. */
async function leaveOrganization(
  context: CommandContext,
  tx: Transaction,
  { organizationId, organizationRole }: Identity,
): Promise<void> {
  if (!organizationId) return;
  const { trx } = tx;
  const { members, admins } = await countMembers(trx, organizationId);
  if (members === 0) return dissolve(context, tx, organizationId);
  // Of an organization without admins, its identity provider has made none.
  const next =
    organizationRole === 'admin' && admins === 0 ? await findNextAdmin(trx, organizationId) : undefined;
  if (next) await changeRole(tx, next.id, { organizationId, role: 'admin' });
}

import type { Transaction } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Identity } from '../domain/identity.ts';
import type { Credentials } from '../stores/users.ts';
import type { AddEvent, AuthContext } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { requirePassword, wrongPassword } from './require-password.ts';

type Deps = Pick<AuthContext, 'clock' | 'event' | 'organizations' | 'outbox' | 'sessions' | 'users'> & {
  settings: { accessTtlMs: number };
};

/**
 * Erases the user's own account.
 * @throws AppError `invalid_credentials`, `rate_limit`, `user_not_found`
 */
export const eraseMe =
  (context: AuthContext) =>
  async ({ userId, password }: { userId: string; password: string }): Promise<void> => {
    const known = await context.users.findCredentials(userId);
    if (!known) throw new AppError('user_not_found');
    await requirePassword(context, known, { field: 'password', password });
    await context.outbox.transact((trx, add) => erase(context, trx, add, userId, known));
    // After a backup is restored, they must be erased again, and only the logs still record who.
    context.logger.info({ userId }, 'a user was erased');
  };

/**
 * Erases a user on behalf of an operator; returns whether the user existed. Safe to repeat: the
 * event is published even for a missing user, for example after a backup was restored elsewhere.
 */
export const eraseUser =
  (deps: Deps) =>
  (userId: string): Promise<boolean> =>
    deps.outbox.transact((trx, add) => erase(deps, trx, add, userId));

/** @param checked the credentials that were checked; they must still be current */
async function erase(
  deps: Deps,
  trx: Transaction,
  add: AddEvent,
  userId: string,
  checked?: Credentials,
): Promise<boolean> {
  const { users, sessions, organizations } = deps;
  // Organizations are locked before users, so the user is first read without a lock.
  const before = await users.find(userId, trx);
  if (before?.organizationId) await organizations.lockToChange(trx, before.organizationId);
  const present = await users.lockToErase(trx, userId);
  if (present?.identity.organizationId !== before?.organizationId) throw new AppError('unavailable');
  if (checked && present?.passwordVersion !== checked.passwordVersion) throw wrongPassword('password');
  if (present) {
    await endSessions(deps, trx, add, { userId, reason: 'revoked' });
    await sessions.anonymize(trx, userId);
    await users.delete(trx, userId);
    await leaveOrganization(deps, trx, add, present.identity);
  }
  add(deps.event('user.erased', { userId }));
  return present !== undefined;
}

/** Deletes an organization with its last member. Appoints a new admin after its last one. */
async function leaveOrganization(
  { users, organizations, event }: Deps,
  trx: Transaction,
  add: AddEvent,
  gone: Identity,
): Promise<void> {
  const { organizationId } = gone;
  if (!organizationId) return;
  const { members, admins } = await users.countMembers(organizationId, trx);
  if (members === 0) return organizations.delete(trx, organizationId);
  const next = admins === 0 ? await users.findNextAdmin(trx, organizationId) : undefined;
  if (!next) return;
  await users.changeRole(trx, next.id, 'admin');
  add(event('user.organization_changed', { userId: next.id, organizationId, organizationRole: 'admin' }));
}

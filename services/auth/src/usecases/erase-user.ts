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

/** Somebody erases themselves. @throws AppError `invalid_credentials`, `rate_limit`, `user_not_found` */
export const eraseMe =
  (context: AuthContext) =>
  async ({ userId, password }: { userId: string; password: string }): Promise<void> => {
    const known = await context.users.findCredentials(userId);
    if (!known) throw new AppError('user_not_found');
    await requirePassword(context, known, { field: 'password', password });
    await context.outbox.transact((trx, add) => erase(context, trx, add, userId, known));
    // After a restored backup they have to be erased again, and only logs know of it then.
    context.logger.info({ userId }, 'a user was erased');
  };

/**
 * An operator erases somebody. May be repeated, also of somebody who is not here any more: the others are told again (after a backup was
 * restored, say). Answers whether there was anybody.
 */
export const eraseUser =
  (deps: Deps) =>
  (userId: string): Promise<boolean> =>
    deps.outbox.transact((trx, add) => erase(deps, trx, add, userId));

/** @param checked whose password was checked: it must still be that one */
async function erase(
  deps: Deps,
  trx: Transaction,
  add: AddEvent,
  userId: string,
  checked?: Credentials,
): Promise<boolean> {
  const { users, sessions, organizations } = deps;
  // Organizations are locked before users, so it is looked at without a lock first, and once more with one.
  const before = await users.find(userId, trx);
  if (before?.organizationId) await organizations.lockToChange(trx, before.organizationId);
  const present = await users.lockToErase(trx, userId);
  if (present?.identity.organizationId !== before?.organizationId) throw new AppError('unavailable');
  if (checked && present?.passwordVersion !== checked.passwordVersion) throw wrongPassword('password');
  if (present) {
    await endSessions(deps, trx, add, { userId, reason: 'revoked' });
    await sessions.blank(trx, userId);
    await users.delete(trx, userId);
    await leaveOrganization(deps, trx, add, present.identity);
  }
  add(deps.event('user.erased', { userId }));
  return present !== undefined;
}

/** The last member takes the organization along; after its last admin another member is one. */
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
  const heir = admins === 0 ? await users.findHeir(trx, organizationId) : undefined;
  if (!heir) return;
  await users.changeRole(trx, heir.id, 'admin');
  add(event('user.organization_changed', { userId: heir.id, organizationId, organizationRole: 'admin' }));
}

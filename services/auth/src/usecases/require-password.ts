import { AppError } from '@parley/errors';
import type { Credentials } from '../stores/users.ts';
import type { AuthContext } from './context.ts';

/**
 * Once more the password of somebody who is logged in. Guesses have a limit of their own, as wide as that on failed logins: whoever
 * tries to log in as them does not keep them from changing their password.
 * @throws AppError `invalid_credentials`, `rate_limit`
 */
export async function requirePassword(
  { passwordLimits, hasher }: Pick<AuthContext, 'passwordLimits' | 'hasher'>,
  { identity, passwordHash }: Credentials,
  given: { field: string; password: string },
): Promise<void> {
  await passwordLimits.session.consume(identity.id);
  if (!(await hasher.matches(given.password, passwordHash))) throw wrongPassword(given.field);
  await passwordLimits.session.giveBack(identity.id);
}

/** @param field what the caller calls it */
export const wrongPassword = (field: string): AppError =>
  new AppError('invalid_credentials', { fields: [{ field, message: 'is not the current password' }] });

import { AppError } from '@parley/errors';
import type { Credentials } from '../stores/users.ts';
import type { AuthContext } from './context.ts';

/** Once more the password of somebody who is logged in. Guesses count like failed logins. @throws AppError `invalid_credentials`, `rate_limit` */
export async function requirePassword(
  { loginAttempts, hasher }: Pick<AuthContext, 'loginAttempts' | 'hasher'>,
  { identity, passwordHash }: Credentials,
  given: { field: string; password: string },
): Promise<void> {
  const attemptKey = `account:${identity.id}`;
  await loginAttempts.consume(attemptKey);
  if (!(await hasher.matches(given.password, passwordHash))) throw wrongPassword(given.field);
  await loginAttempts.giveBack(attemptKey);
}

/** @param field what the caller calls it */
export const wrongPassword = (field: string): AppError =>
  new AppError('invalid_credentials', { fields: [{ field, message: 'is not the current password' }] });

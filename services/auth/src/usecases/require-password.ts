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

/** Of a new password. @throws AppError `validation_failed` */
export function requireLength(
  { settings }: Pick<AuthContext, 'settings'>,
  given: { field: string; password: string },
): void {
  const minLength = settings.passwordMinLength;
  if (given.password.length >= minLength) return;
  const message = `at least ${minLength} characters`;
  throw new AppError('validation_failed', {
    detail: `${given.field}: ${message}`,
    fields: [{ field: given.field, message }],
  });
}

/** @param field what the caller calls it */
export const wrongPassword = (field: string): AppError =>
  new AppError('invalid_credentials', { fields: [{ field, message: 'is not the current password' }] });

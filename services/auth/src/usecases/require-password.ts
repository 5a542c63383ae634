import { AppError } from '@parley/errors';
import type { Credentials } from '../stores/users.ts';
import type { Context } from './context.ts';

/**
 * Checks the password of a logged-in user. Wrong passwords have their own limit, as wide as that on
 * failed logins, so that other people's failed logins do not prevent a password change.
 * @throws AppError `invalid_credentials`, `rate_limit`
 */
export async function requirePassword(
  { passwordLimits, hasher }: Context,
  { identity, passwordHash }: Credentials,
  given: { field: string; password: string },
): Promise<void> {
  await passwordLimits.session.consume(identity.id);
  if (!(await hasher.matches(given.password, passwordHash))) throw wrongPassword(given.field);
  await passwordLimits.session.refund(identity.id);
}

/** Checks a new password. @throws AppError `validation_failed` */
export function requireLength({ settings }: Context, given: { field: string; password: string }): void {
  const minLength = settings.passwordMinLength;
  if (given.password.length >= minLength) return;
  const message = `at least ${minLength} characters`;
  throw new AppError('validation_failed', {
    detail: `${given.field}: ${message}`,
    fields: [{ field: given.field, message }],
  });
}

/** @param field the caller's name for the password */
export const wrongPassword = (field: string): AppError =>
  new AppError('invalid_credentials', { fields: [{ field, message: 'is not the current password' }] });

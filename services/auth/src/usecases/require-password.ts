import { AppError, validationFailed } from '@parley/errors';
import type { HashOrigin } from '../crypto/password-hasher.ts';
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
  const { id } = identity;
  const attempt = passwordLimits.session(id);
  const { matches } = await hasher.check(
    given.password,
    passwordHash ?? undefined,
    accountOrigin(id),
    attempt,
  );
  if (!matches) throw wrongPassword(given.field);
}

/** The origin of a logged-in user's hashes, which never wait for logins or registrations. */
export const accountOrigin = (userId: string): HashOrigin => ({
  lane: 'account',
  client: userId,
  user: userId,
});

/** Checks a new password. @throws AppError `validation_failed` */
export function requireLength({ settings }: Context, given: { field: string; password: string }): void {
  const minLength = settings.passwordMinLength;
  if (given.password.length >= minLength) return;
  const message = `at least ${minLength} characters`;
  throw validationFailed({ field: given.field, message, reason: 'too_short', limit: minLength });
}

/** @param field the caller's name for the password */
export const wrongPassword = (field: string): AppError =>
  new AppError('invalid_credentials', {
    fields: [{ field, message: 'is not the current password', reason: 'wrong' }],
  });

import { AppError } from '@parley/errors';
import { findCredentials, updatePassword } from '../stores/users.ts';
import type { Context } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { requireLength, requirePassword, wrongPassword } from './require-password.ts';

const field = 'currentPassword';

interface ChangePassword {
  userId: string;
  /** The session that stays. */
  sessionId: string;
  /** Checked unless absent; one client contract does not ask for it. */
  currentPassword?: string | undefined;
  newPassword: string;
  /** The caller's name for the new password, for error reports. @default 'newPassword' */
  newField?: string;
}

/**
 * Changes the password and ends the user's other sessions. Wrong current passwords are limited: see
 * `requirePassword`.
 * @throws AppError `invalid_credentials`, `rate_limit`, `validation_failed`
 */
export async function changePassword(
  context: Context,
  { userId, sessionId, currentPassword, newPassword, newField = 'newPassword' }: ChangePassword,
): Promise<void> {
  requireLength(context, { field: newField, password: newPassword });
  const known = await findCredentials(context.db, userId);
  if (!known) throw new AppError('user_not_found');
  if (currentPassword !== undefined)
    await requirePassword(context, known, { field, password: currentPassword });
  const passwordHash = await context.hasher.hash(newPassword);
  await context.transact(async (tx) => {
    if (!(await updatePassword(tx.trx, userId, { version: known.passwordVersion, passwordHash })))
      throw wrongPassword(field);
    await endSessions(context, tx, { userId, except: sessionId, reason: 'password_changed' });
  });
}

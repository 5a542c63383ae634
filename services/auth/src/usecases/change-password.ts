import { AppError, validationFailed } from '@parley/errors';
import { isSessionLive } from '../stores/sessions.ts';
import { findCredentials, updatePassword } from '../stores/users.ts';
import type { Context } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { accountOrigin, requireLength, requirePassword, wrongPassword } from './require-password.ts';

const field = 'currentPassword';

interface ChangePassword {
  userId: string;
  /** The session that stays. */
  sessionId: string;
  /**
   * One client contract has no field for it. Then it is checked only if the client gives it, or if
   * `REQUIRE_CURRENT_PASSWORD` demands it, and the user is notified of an unchecked change.
   */
  currentPassword: string | undefined;
  newPassword: string;
  /** The caller's name for the new password, for error reports. @default 'newPassword' */
  newField?: string;
}

/**
 * Changes the password and ends the user's other sessions. Changes are limited, and so are wrong
 * current passwords: see `requirePassword`.
 * @throws AppError `invalid_credentials`, `rate_limit`, `session_revoked`, `validation_failed`
 */
export async function changePassword(
  context: Context,
  { userId, sessionId, currentPassword, newPassword, newField = 'newPassword' }: ChangePassword,
): Promise<void> {
  requireLength(context, { field: newField, password: newPassword });
  const unchecked = currentPassword === undefined;
  if (unchecked && context.settings.requireCurrentPassword) throw missingPassword();
  await context.passwordChanges.consume(userId);
  const known = await findCredentials(context.db, userId);
  if (!known) throw new AppError('user_not_found');
  // A user of another system has no password here, and gets none.
  if (known.passwordHash === null) throw wrongPassword(newField);
  if (!unchecked) await requirePassword(context, known, { field, password: currentPassword });
  const passwordHash = await context.hasher.hash(newPassword, accountOrigin(userId));
  await context.transact(async (tx) => {
    const version = unchecked ? undefined : known.passwordVersion;
    if (!(await updatePassword(tx.trx, userId, { version, passwordHash }))) throw wrongPassword(field);
    // The session may have ended while the change was queued: of concurrent changes, the first ends
    // the sessions of the others.
    if (!(await isSessionLive(tx.trx, userId, sessionId))) throw new AppError('session_revoked');
    await endSessions(context, tx, { userId, except: sessionId, reason: 'password_changed' });
    if (unchecked) tx.emit('user.password_replaced', { userId });
  });
}

const missingPassword = () => validationFailed({ field, message: 'must be given', reason: 'required' });

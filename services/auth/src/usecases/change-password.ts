import { AppError } from '@parley/errors';
import type { AuthContext } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { requireLength, requirePassword, wrongPassword } from './require-password.ts';

const field = 'currentPassword';

export interface ChangePassword {
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
export const changePassword =
  (context: AuthContext) =>
  async ({
    userId,
    sessionId,
    currentPassword,
    newPassword,
    newField = 'newPassword',
  }: ChangePassword): Promise<void> => {
    const { users, hasher, outbox } = context;
    requireLength(context, { field: newField, password: newPassword });
    const known = await users.findCredentials(userId);
    if (!known) throw new AppError('user_not_found');
    if (currentPassword !== undefined)
      await requirePassword(context, known, { field, password: currentPassword });
    const passwordHash = await hasher.hash(newPassword);
    await outbox.transact(async (trx, add) => {
      if (!(await users.changePassword(trx, userId, { version: known.passwordVersion, passwordHash })))
        throw wrongPassword(field);
      await endSessions(context, trx, add, { userId, except: sessionId, reason: 'password_changed' });
    });
  };

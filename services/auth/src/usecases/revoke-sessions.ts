import { AppError } from '@parley/errors';
import type { AuthContext } from './context.ts';
import { endSessions } from './end-sessions.ts';

/** Ends the current session. Safe to repeat. */
export const logOut =
  (context: AuthContext) =>
  async ({ userId, sessionId }: { userId: string; sessionId: string }): Promise<void> => {
    await context.outbox.transact((trx, add) =>
      endSessions(context, trx, add, { userId, only: sessionId, reason: 'logout' }),
    );
  };

/**
 * Ends one of the user's sessions.
 * @throws AppError `session_not_found` if the user has no such live session
 */
export const revokeSession =
  (context: AuthContext) =>
  async ({ userId, sessionId }: { userId: string; sessionId: string }): Promise<void> => {
    const ended = await context.outbox.transact((trx, add) =>
      endSessions(context, trx, add, { userId, only: sessionId, reason: 'revoked' }),
    );
    if (ended === 0) throw new AppError('session_not_found');
  };

/** Ends all of the user's sessions but one. */
export const revokeOtherSessions =
  (context: AuthContext) =>
  async ({ userId, sessionId }: { userId: string; sessionId: string }): Promise<void> => {
    await context.outbox.transact((trx, add) =>
      endSessions(context, trx, add, { userId, except: sessionId, reason: 'revoked' }),
    );
  };

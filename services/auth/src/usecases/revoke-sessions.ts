import { AppError } from '@parley/errors';
import type { Context } from './context.ts';
import { endSessions } from './end-sessions.ts';

interface OwnSession {
  userId: string;
  sessionId: string;
}

/** Ends the current session. Safe to repeat. */
export async function logOut(context: Context, { userId, sessionId }: OwnSession): Promise<void> {
  await context.transact((tx) => endSessions(context, tx, { userId, only: sessionId, reason: 'logout' }));
}

/**
 * Ends one of the user's sessions.
 * @throws AppError `session_not_found` if the user has no such live session
 */
export async function revokeSession(context: Context, { userId, sessionId }: OwnSession): Promise<void> {
  const ended = await context.transact((tx) =>
    endSessions(context, tx, { userId, only: sessionId, reason: 'revoked' }),
  );
  if (ended === 0) throw new AppError('session_not_found');
}

/** Ends all of the user's sessions but one. */
export async function revokeOtherSessions(
  context: Context,
  { userId, sessionId }: OwnSession,
): Promise<void> {
  await context.transact((tx) => endSessions(context, tx, { userId, except: sessionId, reason: 'revoked' }));
}

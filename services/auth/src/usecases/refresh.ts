import { AppError } from '@parley/errors';
import { hashSecretToken } from '../crypto/secret-token.ts';
import type { Device } from '../domain/session.ts';
import type { AuthContext } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { addRefreshToken, issueTokens, type Tokens } from './open-session.ts';

/**
 * Exchanges a refresh token for its successor and a new access token, with the role and organization that the user has now.
 * Strictly once: the second use ends the session, however soon it comes. We cannot tell a client's second tab from a thief who was
 * quicker; a grace of seconds would be the thief's.
 * @throws AppError `invalid_refresh_token`
 */
export const refresh =
  (context: AuthContext) =>
  async ({ refreshToken, device }: { refreshToken: string; device: Device }): Promise<Tokens> => {
    const { outbox, sessions, users, settings, clock } = context;
    const hash = hashSecretToken(refreshToken);
    const refreshed = await outbox.transact(async (trx, add) => {
      const now = new Date(clock());
      const presented = await sessions.lockToken(trx, hash, now);
      if (!presented?.alive) return undefined;
      const { sessionId, userId, contract } = presented;
      if (presented.used) {
        await endSessions(context, trx, add, { userId, only: sessionId, reason: 'token_reused' });
        return undefined;
      }
      const identity = await users.find(userId, trx);
      if (!identity) return undefined;
      const expiresAt = new Date(now.getTime() + settings.refreshTtlMs);
      await sessions.markUsed(trx, hash, now);
      await sessions.touch(trx, { id: sessionId, device, now, expiresAt });
      return { identity, session: { sessionId, contract, refreshToken: await addRefreshToken(context, trx, sessionId, expiresAt) } };
    });
    // After the commit: what a reuse ended stays ended.
    if (!refreshed) throw new AppError('invalid_refresh_token');
    return issueTokens(context, refreshed.identity, refreshed.session);
  };

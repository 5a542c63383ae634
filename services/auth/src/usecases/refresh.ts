import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import { newSuccessorKey, successorOf } from '../crypto/secret-token.ts';
import type { Device } from '../domain/session.ts';
import {
  lockRefreshToken,
  type PresentedToken,
  putRefreshToken,
  setSuccessor,
  spendRefreshToken,
} from '../stores/refresh-tokens.ts';
import { touchSession } from '../stores/sessions.ts';
import { findUser } from '../stores/users.ts';
import type { Context, Transaction } from './context.ts';
import { endSessions } from './end-sessions.ts';
import { expiries, issueTokens, type Tokens } from './open-session.ts';

/**
 * Exchanges a refresh token for its successor and new access tokens, which state the user's current
 * role and organization.
 *
 * A token is spent when its successor is first presented. Until then, presenting it again returns
 * the same successor. So a client stays logged in after a lost response, when two tabs refresh at
 * once, and if it never stores the successor. Presenting a spent token ends the session. See
 * deploy/decisions/0004-refresh-tokens.md.
 * @throws AppError `invalid_refresh_token`
 */
export async function refresh(
  context: Context,
  { refreshToken, device }: { refreshToken: string; device: Device },
): Promise<Tokens> {
  const refreshed = await context.transact(async (tx) => {
    const { trx } = tx;
    const now = new Date(context.clock());
    const presented = await lockRefreshToken(trx, hashToken(refreshToken), now);
    if (!presented?.alive) return undefined;
    const { sessionId, userId, contract } = presented;
    if (presented.spent) {
      await endSessions(context, tx, { userId, only: sessionId, reason: 'token_reused' });
      return undefined;
    }
    const identity = await findUser(trx, userId);
    if (!identity) return undefined;
    await touchSession(trx, { id: sessionId, device, now, ...expiries(context, contract, now) });
    return {
      identity,
      session: {
        sessionId,
        contract,
        refreshToken: await succeed(context, tx, refreshToken, presented, now),
      },
    };
  });
  // Thrown after the commit, so that a session ended by reuse stays ended.
  if (!refreshed) throw new AppError('invalid_refresh_token');
  return issueTokens(context, refreshed.identity, refreshed.session);
}

/** Returns the token's successor, the same each time, and spends the token's predecessor. */
async function succeed(
  context: Context,
  { trx }: Transaction,
  refreshToken: string,
  presented: PresentedToken,
  now: Date,
): Promise<string> {
  const { sessionId, contract, predecessorHash } = presented;
  const hash = hashToken(refreshToken);
  const { expiresAt } = expiries(context, contract, now);
  const successorKey = presented.successorKey ?? newSuccessorKey();
  const successor = successorOf(refreshToken, successorKey);
  if (predecessorHash && !presented.successorKey) await spendRefreshToken(trx, predecessorHash, now);
  if (context.settings.refreshTokenReuse === 'never') await spendRefreshToken(trx, hash, now);
  await setSuccessor(trx, hash, { successorKey, expiresAt });
  await putRefreshToken(trx, {
    hash: hashToken(successor),
    sessionId,
    expiresAt,
    predecessorHash: hash,
  });
  return successor;
}

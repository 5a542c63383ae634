import type { ClientContract } from '@parley/contracts';
import type { Transaction } from '@parley/database';
import { signAccessToken } from '../crypto/access-token.ts';
import { hashSecretToken, newSecretToken } from '../crypto/secret-token.ts';
import type { Identity } from '../domain/identity.ts';
import type { Device } from '../domain/session.ts';
import type { AuthContext } from './context.ts';

/** What a client is given to act as somebody. */
export interface Tokens {
  identity: Identity;
  sessionId: string;
  accessToken: string;
  accessTtlMs: number;
  refreshToken: string;
}

/** A session and the one token that refreshes it. */
export interface OpenSession {
  sessionId: string;
  contract: ClientContract | null;
  refreshToken: string;
}

export async function openSession(
  context: AuthContext,
  trx: Transaction,
  { userId, contract, device }: { userId: string; contract: ClientContract; device: Device },
): Promise<OpenSession> {
  const now = context.clock();
  const sessionId = context.newId();
  const expiresAt = new Date(now + context.settings.refreshTtlMs);
  await context.sessions.insert(trx, { id: sessionId, userId, contract, device, now: new Date(now), expiresAt });
  return { sessionId, contract, refreshToken: await addRefreshToken(context, trx, sessionId, expiresAt) };
}

export async function addRefreshToken(context: AuthContext, trx: Transaction, sessionId: string, expiresAt: Date): Promise<string> {
  const refreshToken = newSecretToken();
  await context.sessions.insertToken(trx, { hash: hashSecretToken(refreshToken), sessionId, expiresAt });
  return refreshToken;
}

export async function issueTokens(context: AuthContext, identity: Identity, session: OpenSession): Promise<Tokens> {
  const ttlMs = context.settings.accessTtlMs;
  const signer = await context.keyRing.signer();
  const accessToken = signAccessToken(signer, identity, {
    id: session.sessionId,
    contract: session.contract,
    now: context.clock(),
    ttlMs,
  });
  return { identity, ...session, accessToken, accessTtlMs: ttlMs };
}

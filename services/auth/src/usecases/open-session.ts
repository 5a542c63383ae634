import type { ClientContract } from '@parley/contracts';
import { hashToken } from '@parley/runtime';
import { signAccessToken } from '../crypto/access-token.ts';
import { newSecretToken } from '../crypto/secret-token.ts';
import type { Identity } from '../domain/identity.ts';
import { clientAccessTtlMs, type Device } from '../domain/session.ts';
import { putRefreshToken } from '../stores/refresh-tokens.ts';
import { insertSession } from '../stores/sessions.ts';
import type { Context, Transaction } from './context.ts';

interface AccessToken {
  token: string;
  ttlMs: number;
}

/** The result of a registration, login or refresh. */
export interface Tokens {
  identity: Identity;
  sessionId: string;
  refreshToken: string;
  /** Short-lived, for clients that refresh. */
  access: AccessToken;
  /**
   * For clients that read one token and never refresh; its lifetime depends on the session's
   * contract.
   */
  clientAccess: AccessToken;
}

/** A session with its current refresh token. */
interface OpenSession {
  sessionId: string;
  contract: ClientContract | null;
  refreshToken: string;
}

export async function openSession(
  context: Context,
  { trx }: Transaction,
  session: { userId: string; contract: ClientContract; device: Device; mintedBy?: string },
): Promise<OpenSession> {
  const { contract } = session;
  const now = new Date(context.clock());
  const sessionId = context.newId();
  const { expiresAt, accessExpiresAt } = expiries(context, contract, now);
  await insertSession(trx, { ...session, id: sessionId, now, expiresAt, accessExpiresAt });
  const refreshToken = newSecretToken();
  await putRefreshToken(trx, { hash: hashToken(refreshToken), sessionId, expiresAt });
  return { sessionId, contract, refreshToken };
}

/** When a session's refresh token and its longest-lived access token expire if issued now. */
export function expiries({ settings }: Context, contract: ClientContract | null, now: Date) {
  const accessTtlMs = Math.max(settings.accessTtlMs, clientAccessTtlMs(contract, settings));
  return {
    expiresAt: new Date(now.getTime() + settings.refreshTtlMs),
    accessExpiresAt: new Date(now.getTime() + accessTtlMs),
  };
}

export async function issueTokens(
  context: Context,
  identity: Identity,
  session: OpenSession,
): Promise<Tokens> {
  const { settings, keyRing, clock } = context;
  const { sessionId, contract, refreshToken } = session;
  const signer = await keyRing.signer();
  const sign = (subject: Identity, ttlMs: number): AccessToken => ({
    token: signAccessToken(signer, subject, { id: sessionId, contract, now: clock(), ttlMs }),
    ttlMs,
  });
  const access = sign(identity, settings.accessTtlMs);
  const clientTtlMs = clientAccessTtlMs(contract, settings);
  // A role would be out of date for days, so a long-lived token states none.
  const clientAccess =
    clientTtlMs > access.ttlMs ? sign({ ...identity, organizationRole: null }, clientTtlMs) : access;
  return { identity, sessionId, refreshToken, access, clientAccess };
}

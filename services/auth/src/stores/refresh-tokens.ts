import type { ClientContract } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';

interface SessionRow {
  id: string;
  user_id: string;
  contract: ClientContract | null;
  expires_at: Date;
  revoked_at: Date | null;
}

interface TokenRow {
  expires_at: Date;
  used_at: Date | null;
  successor_key: Buffer | null;
  predecessor_hash: Buffer | null;
}

/** A refresh token presented by a client, with its session. */
export interface PresentedToken {
  sessionId: string;
  userId: string;
  contract: ClientContract | null;
  /** Replaced by its successor, so nobody may present it again. */
  spent: boolean;
  /** Neither the token nor its session has expired or been revoked. */
  alive: boolean;
  /** Null until the token is first presented. */
  successorKey: Buffer | null;
  /** Null for the first token of a session. */
  predecessorHash: Buffer | null;
}

interface NewToken {
  hash: Buffer;
  sessionId: string;
  expiresAt: Date;
  predecessorHash?: Buffer;
}

/** Stores a token, or extends its lifetime if it exists. */
export async function putRefreshToken(trx: Transaction, token: NewToken): Promise<void> {
  await trx('refresh_tokens')
    .insert({
      token_hash: token.hash,
      session_id: token.sessionId,
      expires_at: token.expiresAt,
      predecessor_hash: token.predecessorHash ?? null,
    })
    .onConflict('token_hash')
    .merge(['expires_at']);
}

/**
 * Locks the token's session, which serializes its refreshes, and then reads the token as the last
 * refresh left it.
 */
export async function lockRefreshToken(
  trx: Transaction,
  hash: Buffer,
  now: Date,
): Promise<PresentedToken | undefined> {
  const session: SessionRow | undefined = await trx('sessions')
    .where('id', trx('refresh_tokens').where('token_hash', hash).select('session_id'))
    .forUpdate()
    .first();
  const token: TokenRow | undefined = await trx('refresh_tokens').where('token_hash', hash).first();
  if (!session || !token) return undefined;
  return {
    sessionId: session.id,
    userId: session.user_id,
    contract: session.contract,
    spent: token.used_at !== null,
    alive: session.revoked_at === null && session.expires_at > now && token.expires_at > now,
    successorKey: token.successor_key,
    predecessorHash: token.predecessor_hash,
  };
}

export async function spendRefreshToken(trx: Transaction, hash: Buffer, now: Date): Promise<void> {
  await trx('refresh_tokens').where('token_hash', hash).whereNull('used_at').update({ used_at: now });
}

/**
 * Records the key that derives the successor and extends the token's lifetime, because a client
 * may never store a newer one.
 */
export async function setSuccessor(
  trx: Transaction,
  hash: Buffer,
  change: { successorKey: Buffer; expiresAt: Date },
): Promise<void> {
  await trx('refresh_tokens')
    .where('token_hash', hash)
    .update({ successor_key: change.successorKey, expires_at: change.expiresAt });
}

/** Deletes at most `limit` expired tokens. */
export async function deleteExpiredRefreshTokens(db: Queryable, now: Date, limit: number): Promise<void> {
  await db.raw(
    `delete from refresh_tokens where token_hash in (
       select token_hash from refresh_tokens where expires_at < :now limit :limit for update skip locked)`,
    { now, limit },
  );
}

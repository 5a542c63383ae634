import type { Queryable, Transaction } from '@parley/database';

// At most one key is current (`verify_until` is null). The others only verify, until that time.

export interface PublicKey extends Record<string, unknown> {
  kid: string;
}

export interface SigningKey {
  kid: string;
  sealedPrivateKey: Buffer;
  createdAt: Date;
}

interface KeyRow {
  kid: string;
  public_jwk: PublicKey;
  sealed_private_key: Buffer;
  created_at: Date;
}

/** Prevents concurrent rotations until the end of the transaction. */
export async function lockSigningKeys(trx: Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtextextended('parley.auth.signing-keys', 0))");
}

/** The current key. */
export async function findSigningKey(db: Queryable): Promise<SigningKey | undefined> {
  const row = await db<KeyRow>('signing_keys').whereNull('verify_until').first();
  return row && { kid: row.kid, sealedPrivateKey: row.sealed_private_key, createdAt: row.created_at };
}

/** Makes it the current key; the previous one verifies until `verifyLastUntil`. */
export async function replaceSigningKey(
  trx: Transaction,
  key: SigningKey & { publicJwk: PublicKey },
  verifyLastUntil: Date,
): Promise<void> {
  await trx('signing_keys').whereNull('verify_until').update({ verify_until: verifyLastUntil });
  await trx('signing_keys').insert({
    kid: key.kid,
    public_jwk: JSON.stringify(key.publicJwk),
    sealed_private_key: key.sealedPrivateKey,
    created_at: key.createdAt,
  });
}

/** The public keys whose tokens may be valid at `now`, newest first. */
export async function findVerifyingKeys(db: Queryable, now: Date): Promise<PublicKey[]> {
  const rows: Pick<KeyRow, 'public_jwk'>[] = await db('signing_keys')
    .select('public_jwk')
    .where((either) => either.whereNull('verify_until').orWhere('verify_until', '>', now))
    .orderBy('created_at', 'desc');
  return rows.map((row) => row.public_jwk);
}

export async function deleteExpiredKeys(db: Queryable, now: Date): Promise<void> {
  await db('signing_keys').where('verify_until', '<', now).delete();
}

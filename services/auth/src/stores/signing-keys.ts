import type { Database, Queryable, Transaction } from '@parley/database';

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

/** At most one key is current (`verify_until` is null). The others only verify, until that time. */
export class SigningKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Prevents concurrent rotations until the end of the transaction. */
  async lock(trx: Transaction): Promise<void> {
    await trx.raw("select pg_advisory_xact_lock(hashtextextended('parley.auth.signing-keys', 0))");
  }

  async current(db: Queryable = this.#db): Promise<SigningKey | undefined> {
    const row = await db<KeyRow>('signing_keys').whereNull('verify_until').first();
    return row && { kid: row.kid, sealedPrivateKey: row.sealed_private_key, createdAt: row.created_at };
  }

  /** Makes it the current key; the previous one verifies until `verifyLastUntil`. */
  async replace(
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
  async verifying(now: Date): Promise<PublicKey[]> {
    const rows: Pick<KeyRow, 'public_jwk'>[] = await this.#db('signing_keys')
      .select('public_jwk')
      .where((either) => either.whereNull('verify_until').orWhere('verify_until', '>', now))
      .orderBy('created_at', 'desc');
    return rows.map((row) => row.public_jwk);
  }

  async deleteExpired(now: Date): Promise<void> {
    await this.#db('signing_keys').where('verify_until', '<', now).delete();
  }
}

import type { Database, Queryable, Transaction } from '@parley/database';
import type { StoredKeys } from '../domain/trusted-issuer.ts';

export const storedIssuerKeys = (db: Database, now: () => Date): StoredKeys => ({
  find: async (issuer) => (await db('issuer_keys').where({ issuer }).first('jwks'))?.jwks,
  put: async (issuer, jwks) => {
    await db('issuer_keys')
      .insert({ issuer, jwks: JSON.stringify(jwks), fetched_at: now() })
      .onConflict('issuer')
      .merge();
  },
});

/** The organization that was created for a value of the issuer's claim. */
export async function findIssuerOrganization(
  db: Queryable,
  which: { issuer: string; value: string },
): Promise<string | undefined> {
  const row: { organization_id: string } | undefined = await db('issuer_organizations')
    .where(which)
    .first('organization_id');
  return row?.organization_id;
}

export async function insertIssuerOrganization(
  trx: Transaction,
  which: { issuer: string; value: string },
  organizationId: string,
): Promise<void> {
  await trx('issuer_organizations').insert({ ...which, organization_id: organizationId });
}

interface SessionRow {
  id: string;
  revoked_at: Date | null;
  expires_at: Date;
}

/**
 * The session of a user at the provider: the live one, or one that ended here after `issuedAt`, so
 * that earlier tokens of it no longer count.
 */
export async function findIssuedSession(
  trx: Transaction,
  externalKey: string,
  { now, issuedAt }: { now: Date; issuedAt: Date },
): Promise<{ id: string; ended: boolean } | undefined> {
  const rows: SessionRow[] = await trx('sessions')
    .where('external_key', externalKey)
    .select('id', 'revoked_at', 'expires_at');
  const live = rows.find((row) => row.revoked_at === null && row.expires_at > now);
  const found = live ?? rows.find((row) => row.revoked_at !== null && row.revoked_at >= issuedAt);
  return found && { id: found.id, ended: found.revoked_at !== null };
}

import type { Queryable, Transaction } from '@parley/database';

/** A user's id in another system, within the namespace of a provider. */
export interface ExternalIdentity {
  provider: string;
  subject: string;
}

/** Until the end of the transaction, no other finds or creates this identity. */
export async function lockExternalIdentity(trx: Transaction, identity: ExternalIdentity): Promise<void> {
  const name = JSON.stringify([identity.provider, identity.subject]);
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 1))', [name]);
}

/** The id of the user. */
export async function findExternalUser(
  db: Queryable,
  { provider, subject }: ExternalIdentity,
): Promise<string | undefined> {
  const row: { user_id: string } | undefined = await db('external_identities')
    .where({ provider, subject })
    .first('user_id');
  return row?.user_id;
}

export async function insertExternalIdentity(
  trx: Transaction,
  { provider, subject }: ExternalIdentity,
  userId: string,
  now: Date,
): Promise<void> {
  await trx('external_identities').insert({ provider, subject, user_id: userId, created_at: now });
}

/** Forgets a user's ids in a namespace, so that they may name another user there. */
export async function deleteExternalIdentities(
  trx: Transaction,
  provider: string,
  userId: string,
): Promise<void> {
  await trx('external_identities').where({ provider, user_id: userId }).delete();
}

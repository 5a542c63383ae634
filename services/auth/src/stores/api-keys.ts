import type { Scope } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import type { ApiKey } from '../domain/api-key.ts';

interface KeyRow {
  id: string;
  prefix: string;
  secret_hash: Buffer;
  name: string;
  organization_id: string | null;
  bot_id: string | null;
  scopes: Scope[];
  room_ids: string[] | null;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

/** Neither: keys of the installation. */
export interface KeyOwner {
  organizationId: string | null;
  botId: string | null;
}

const toKey = (row: KeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  organizationId: row.organization_id,
  botId: row.bot_id,
  scopes: row.scopes,
  roomIds: row.room_ids,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

const ofOwner = (db: Queryable, { organizationId, botId }: KeyOwner) =>
  db<KeyRow>('api_keys').where(
    botId === null ? { organization_id: organizationId, bot_id: null } : { bot_id: botId },
  );

const valid = (db: Queryable, owner: KeyOwner, now: Date) =>
  ofOwner(db, owner)
    .whereNull('revoked_at')
    .where((either) => either.whereNull('expires_at').orWhere('expires_at', '>', now));

/** Until the end of the transaction, no other adds a key. */
export async function lockNewKeys(trx: Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtextextended('api_keys', 0))");
}

export async function insertKey(
  trx: Transaction,
  key: ApiKey,
  secret: { hash: Buffer; createdBy: string | null },
): Promise<void> {
  await trx('api_keys').insert({
    id: key.id,
    prefix: key.prefix,
    secret_hash: secret.hash,
    name: key.name,
    organization_id: key.organizationId,
    bot_id: key.botId,
    scopes: key.scopes,
    room_ids: key.roomIds,
    created_by: secret.createdBy,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
  });
}

export async function findKey(db: Queryable, id: string): Promise<ApiKey | undefined> {
  const row = await db<KeyRow>('api_keys').where('id', id).first();
  return row && toKey(row);
}

export async function findKeyOfPrefix(db: Queryable, prefix: string): Promise<ApiKey | undefined> {
  const row = await db<KeyRow>('api_keys').where('prefix', prefix).first();
  return row && toKey(row);
}

/** The key and the hash of its secret, locked against revocation until the transaction ends. */
export async function holdKeyByPrefix(
  trx: Transaction,
  prefix: string,
): Promise<{ key: ApiKey; hash: Buffer } | undefined> {
  const row = await trx<KeyRow>('api_keys').where('prefix', prefix).forShare().first();
  return row && { key: toKey(row), hash: row.secret_hash };
}

/** Newest first, with those that no longer work. */
export async function findKeys(
  db: Queryable,
  owner: KeyOwner,
  { prefix, limit }: { prefix?: string | undefined; limit: number },
): Promise<ApiKey[]> {
  const rows = await ofOwner(db, owner)
    .modify((query) => prefix !== undefined && query.where(db.raw('starts_with(prefix, ?)', [prefix])))
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map(toKey);
}

/** How many of an owner's keys work, and how many of them have that name. */
export async function countValidKeys(
  db: Queryable,
  owner: KeyOwner,
  name: string,
  now: Date,
): Promise<{ all: number; named: number }> {
  const rows: { name: string }[] = await valid(db, owner, now).select('name');
  return { all: rows.length, named: rows.filter((row) => row.name === name).length };
}

export async function touchKey(db: Queryable, id: string, now: Date): Promise<void> {
  // At most once a minute, so that a busy key does not write a row per exchange.
  await db('api_keys')
    .where('id', id)
    .where((either) =>
      either.whereNull('last_used_at').orWhere('last_used_at', '<', new Date(now.getTime() - 60_000)),
    )
    .update({ last_used_at: now });
}

/** Returns false if there is no such key, or it was revoked before. */
export async function markKeyRevoked(trx: Transaction, id: string, now: Date): Promise<boolean> {
  return (await trx('api_keys').where('id', id).whereNull('revoked_at').update({ revoked_at: now })) > 0;
}

/** The keys of an owner that are not revoked. */
export async function findKeysToRevoke(trx: Transaction, owner: KeyOwner): Promise<string[]> {
  const rows: { id: string }[] = await ofOwner(trx, owner).whereNull('revoked_at').select('id');
  return rows.map(({ id }) => id);
}

/** Deletes keys that stopped working before `before`. */
export async function deleteEndedKeys(db: Queryable, before: Date): Promise<void> {
  await db('api_keys').where('revoked_at', '<', before).orWhere('expires_at', '<', before).delete();
}

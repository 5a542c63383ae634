import type { IncomingHook } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface IncomingRow {
  id: string;
  owner_id: string;
  room_id: string;
  name: string;
  format: IncomingHook['format'];
  created_at: Date;
}

const toIncoming = (row: IncomingRow): IncomingHook & { ownerId: string } => ({
  id: row.id,
  ownerId: row.owner_id,
  roomId: row.room_id,
  name: row.name,
  format: row.format,
  createdAt: row.created_at.toISOString(),
});

export async function insertIncoming(
  trx: Queryable,
  {
    id,
    ownerId,
    roomId,
    name,
    format,
    createdAt,
    tokenHash,
  }: IncomingHook & { ownerId: string; tokenHash: Buffer },
): Promise<void> {
  await trx('incoming_hooks').insert({
    ...{ id, owner_id: ownerId, room_id: roomId, name, format },
    ...{ token_hash: tokenHash, created_at: new Date(createdAt) },
  });
}

export async function countIncoming(db: Queryable, ownerId: string): Promise<number> {
  const row = await db('incoming_hooks').where({ owner_id: ownerId }).count({ count: '*' }).first();
  return Number(row?.count ?? 0);
}

/** Newest first. The limit per user bounds the list. */
export async function incomingOf(db: Queryable, ownerId: string): Promise<IncomingHook[]> {
  const rows: IncomingRow[] = await db('incoming_hooks').where({ owner_id: ownerId }).orderBy('id', 'desc');
  return rows.map((row) => {
    const { ownerId: _, ...hook } = toIncoming(row);
    return hook;
  });
}

export async function findIncoming(
  db: Queryable,
  tokenHash: Buffer,
): Promise<(IncomingHook & { ownerId: string }) | undefined> {
  const row: IncomingRow | undefined = await db('incoming_hooks').where({ token_hash: tokenHash }).first();
  return row && toIncoming(row);
}

/** Returns false if the user has no such webhook. */
export async function deleteIncoming(db: Queryable, ownerId: string, id: string): Promise<boolean> {
  return (await db('incoming_hooks').where({ id, owner_id: ownerId }).delete()) > 0;
}

export async function deleteIncomingOf(db: Queryable, ownerId: string): Promise<void> {
  await db('incoming_hooks').where({ owner_id: ownerId }).delete();
}

/** Those of these users who own such webhooks. */
export async function incomingOwners(db: Queryable, userIds: readonly string[]): Promise<string[]> {
  const rows: { owner_id: string }[] = await db('incoming_hooks')
    .whereRaw('owner_id = any(:userIds)', { userIds })
    .distinct('owner_id');
  return rows.map((row) => row.owner_id);
}

/** A page of all owners, by id. */
export async function pageIncomingOwners(
  db: Queryable,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const rows: { owner_id: string }[] = await db('incoming_hooks')
    .modify((query) => (after ? void query.where('owner_id', '>', after) : undefined))
    .distinct('owner_id')
    .orderBy('owner_id')
    .limit(limit);
  return rows.map((row) => row.owner_id);
}

import type { Queryable } from '@parley/database';

export const blockedIds = (db: Queryable, userId: string) =>
  db('blocks').where({ user_id: userId }).select('blocked_id');

export async function countBlocks(db: Queryable, userId: string): Promise<number> {
  const [row] = await db('blocks').where({ user_id: userId }).count({ count: '*' });
  return Number(row?.count);
}

/** The users among `others` that the user blocks or is blocked by. */
export async function blocksAmong(
  db: Queryable,
  userId: string,
  others: readonly string[],
): Promise<Set<string>> {
  const rows: { user_id: string; blocked_id: string }[] = await db('blocks')
    .where((mine) => mine.where('user_id', userId).whereIn('blocked_id', others))
    .orWhere((theirs) => theirs.where('blocked_id', userId).whereIn('user_id', others));
  return new Set(rows.map((row) => (row.user_id === userId ? row.blocked_id : row.user_id)));
}

/** Those of these pairs between whom there is a block, in either direction. */
export async function blockedPairs(
  db: Queryable,
  pairs: readonly (readonly [string, string])[],
): Promise<[string, string][]> {
  const { rows } = await db.raw<{ rows: { a: string; b: string }[] }>(
    `select a, b from unnest(:firsts::uuid[], :seconds::uuid[]) as pair (a, b)
      where exists (select from blocks where user_id = a and blocked_id = b)
         or exists (select from blocks where user_id = b and blocked_id = a)`,
    { firsts: pairs.map(([first]) => first), seconds: pairs.map(([, second]) => second) },
  );
  return rows.map(({ a, b }) => [a, b]);
}

export const hasBlock = async (db: Queryable, userId: string, others: readonly string[]): Promise<boolean> =>
  (await blocksAmong(db, userId, others)).size > 0;

/** Whether `userId` blocks `blockedId`; the reverse does not count. */
export async function isBlocking(db: Queryable, userId: string, blockedId: string): Promise<boolean> {
  return (
    (await db('blocks').where({ user_id: userId, blocked_id: blockedId }).first('user_id')) !== undefined
  );
}

/** Returns false if the user was already blocked. */
export async function insertBlock(
  trx: Queryable,
  userId: string,
  blockedId: string,
  now: Date,
): Promise<boolean> {
  const inserted = await trx('blocks')
    .insert({ user_id: userId, blocked_id: blockedId, created_at: now })
    .onConflict()
    .ignore()
    .returning('blocked_id');
  return inserted.length > 0;
}

/** Returns false if the user was not blocked. */
export async function deleteBlock(trx: Queryable, userId: string, blockedId: string): Promise<boolean> {
  return (await trx('blocks').where({ user_id: userId, blocked_id: blockedId }).delete()) > 0;
}

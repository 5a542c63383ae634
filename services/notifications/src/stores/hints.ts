import type { Queryable, Transaction } from '@parley/database';
import type { Hint } from '../domain/hint.ts';

// Hints: the rows that a transaction has changed, until they are published.

export interface StoredHints {
  id: string;
  rows: Hint[];
}

export async function storeHints(trx: Transaction, { id, rows }: StoredHints): Promise<void> {
  await trx('hints').insert({ id, rows: JSON.stringify(rows) });
}

/** Takes over hints that their process has not published for that long, at most `limit`. */
export async function takeOverHints(
  db: Queryable,
  { ageMs, limit }: { ageMs: number; limit: number },
): Promise<StoredHints[]> {
  const { rows } = await db.raw<{ rows: StoredHints[] }>(
    `update hints set held_at = now()
      where id = any(array(
        select id from hints where held_at < now() - :ageMs * interval '1 ms'
         order by held_at limit :limit for update skip locked))
     returning id, rows`,
    { ageMs, limit },
  );
  return rows;
}

/** Deletes published hints. Returns the present versions of these rows that still exist. */
export async function settleHints(
  db: Queryable,
  hintIds: readonly string[],
  rowIds: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { id: string; version: string }[] }>(
    `with settled as (delete from hints where id = any(:hintIds))
     select id, xmin::text as version from notifications where id = any(:rowIds) and deleted_at is null`,
    { hintIds, rowIds },
  );
  return new Map(rows.map(({ id, version }) => [id, version]));
}

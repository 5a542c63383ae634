import { skeletonsOf } from '@parley/contracts/text';
import type { Database, Transaction } from '@parley/database';

// The skeletons of users' and organizations' names. Existing names may look alike; a new one must
// not look like any of them.

const nameColumns = { users: 'username', organizations: 'name' } as const;
type Named = keyof typeof nameColumns;

/**
 * Whether no name looks like this one. Until the end of the transaction, no other transaction gets
 * the same answer for a name that looks like it.
 */
export async function reserveLook(trx: Transaction, table: Named, name: string): Promise<boolean> {
  const skeletons = skeletonsOf(name);
  for (const skeleton of skeletons)
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`parley.${table}.${skeleton}`]);
  return !(await isImitation(trx, table, name));
}

/** Whether a name looks like an existing one. */
export async function isImitation(trx: Transaction, table: Named, name: string): Promise<boolean> {
  const found: unknown = await trx(table)
    .whereRaw('skeletons && ?::text[]', [skeletonsOf(name)])
    .first('id');
  return found !== undefined;
}

const batchSize = 500;

/**
 * Stores what names look like that an earlier release, or one that runs beside this one during an
 * upgrade, has stored without it.
 */
export async function fillSkeletons(db: Database): Promise<void> {
  for (const [table, column] of Object.entries(nameColumns)) {
    for (;;) {
      const rows: { id: string; name: string }[] = await db(table)
        .whereRaw("skeletons = '{}'")
        .orderBy('id')
        .limit(batchSize)
        .select('id', `${column} as name`);
      const values = rows.map(({ id, name }) => ({ id, skeletons: skeletonsOf(name) }));
      await db.raw(
        `update ?? t set skeletons = array(select jsonb_array_elements_text(v.skeletons))
           from jsonb_to_recordset(?::jsonb) as v (id uuid, skeletons jsonb) where t.id = v.id`,
        [table, JSON.stringify(values)],
      );
      if (rows.length < batchSize) break;
    }
  }
}

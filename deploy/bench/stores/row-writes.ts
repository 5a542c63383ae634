import type { Database } from '@parley/database';
import { pause } from '@parley/runtime/async';

/** The writes to a table that PostgreSQL has counted. */
export interface RowWrites {
  inserted: number;
  deleted: number;
  updated: number;
  /** Of the updates, those that wrote no index. */
  hot: number;
}

/** Longer than a connection keeps its counts to itself. */
const settleMs = 1_500;

/** The writes of tables, by name; absent tables are left out. */
export async function rowWrites(
  db: Database,
  schema: string,
  tables: readonly string[],
): Promise<Map<string, RowWrites>> {
  await pause(settleMs);
  const { rows } = await db.raw<{ rows: (RowWrites & { name: string })[] }>(
    `select relname as name, n_tup_ins as inserted, n_tup_del as deleted, n_tup_upd as updated,
            n_tup_hot_upd as hot
       from pg_stat_user_tables where schemaname = :schema and relname = any(:tables)`,
    { schema, tables },
  );
  return new Map(rows.map(({ name, ...writes }) => [name, writes]));
}

/** Committed transactions of the whole system. */
export async function committed(db: Database): Promise<number> {
  await pause(settleMs);
  const { rows } = await db.raw<{ rows: { commits: number }[] }>(
    'select xact_commit as commits from pg_stat_database where datname = current_database()',
  );
  return rows[0]?.commits ?? 0;
}

/** Writes the table anew, with as much free space as its settings say. */
export async function rewriteTable(db: Database, table: 'messages.rooms'): Promise<void> {
  await db.raw(`vacuum full ${table}`);
}

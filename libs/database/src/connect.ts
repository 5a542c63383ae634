import knex, { type Knex } from 'knex';
import pg from 'pg';

export type Database = Knex;
/** The database, or a transaction on it: what stores take. */
export type Queryable = Knex | Knex.Transaction;
/** What stores take where a statement makes sense only together with others. */
export type Transaction = Knex.Transaction;
/** A query that is still being put together. */
export type Query = Knex.QueryBuilder;

export interface DatabaseOptions {
  url: string;
  /** The service's own PostgreSQL schema: its search path, alone. */
  schema: string;
  /** Most connections. @default 10 */
  pool?: number;
  /** @default 10000 */
  statementTimeoutMs?: number;
  /** How long a query waits for a free connection before `unavailable`. @default 3000 */
  acquireTimeoutMs?: number;
}

// bigint columns hold counters far below 2^53, so they are numbers to us.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens no connection yet; the pool grows on demand and shrinks to none. */
export function connectDatabase(options: DatabaseOptions): Database {
  return knex({
    client: 'pg',
    searchPath: [options.schema],
    acquireConnectionTimeout: options.acquireTimeoutMs ?? 3_000,
    pool: { min: 0, max: options.pool ?? 10 },
    connection: {
      connectionString: options.url,
      types,
      application_name: `parley-${options.schema}`,
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      connectionTimeoutMillis: options.acquireTimeoutMs ?? 3_000,
      keepAlive: true,
    } as Knex.PgConnectionConfig,
  });
}

/**
 * For `.options(…)` of a statement that runs very often: each connection parses and plans it once, under that name, which no other statement may have; and again
 * each time that it has run twice as often, since the plan that is right for empty tables is not for full ones, and statistics, which would have it planned
 * again, come a minute later. After 16,384 runs they have come.
 * Its text must not depend on what is asked, or every variant would be kept. Not for a pooler that does not know named statements.
 */
export function plannedSeldom(name: string): () => { name: string } {
  let runs = 0;
  return () => {
    runs += 1;
    return { name: `${name}-${Math.min(Math.floor(Math.log2(runs)), 14)}` };
  };
}

/** Throws when the database does not answer. For readiness. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.raw('select 1');
}

import knex, { type Knex } from 'knex';
import pg from 'pg';

export type Database = Knex;
/** The database, or a transaction on it. */
export type Queryable = Knex | Knex.Transaction;
/** For stores whose statement makes sense only together with others. */
export type Transaction = Knex.Transaction;
/** A query that is still being built. */
export type Query = Knex.QueryBuilder;

export interface DatabaseOptions {
  url: string;
  /** The service's own PostgreSQL schema, the only one on its search path. */
  schema: string;
  /** Maximum number of connections. @default 10 */
  pool?: number;
  /** @default 10000 */
  statementTimeoutMs?: number;
  /**
   * How long a query waits for a free connection before it fails as `unavailable`.
   * @default 3000
   */
  acquireTimeoutMs?: number;
}

// bigint columns hold counters far below 2^53, so we read them as numbers.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens no connection yet: the pool grows on demand and shrinks to none. */
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

/** For readiness checks. Throws when the database does not answer. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.raw('select 1');
}

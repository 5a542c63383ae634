import type { Knex } from 'knex';
import type { Queryable } from './connect.ts';

/** Runs after which a statement is no longer planned again. */
const maxDoublings = 14;

/**
 * Makes a frequent statement a prepared one; pass the result to its `.options(…)`. The name must be
 * unique and the text constant, because each connection keeps every variant. Do not use it behind a
 * pooler without support for named statements.
 *
 * Each connection parses and plans the statement again whenever its runs have doubled, up to
 * 16,384. A plan made for empty tables is wrong for full ones, and the statistics that would
 * replace it arrive about a minute later.
 * @param doublings plans the statement again only after so many doublings; the plan of a large
 *   statement takes 150 kB per connection
 */
export function plannedSeldom(name: string, doublings = 1): () => { name: string } {
  let runs = 0;
  return () => {
    runs += 1;
    const doubled = Math.min(Math.floor(Math.log2(runs)), maxDoublings);
    return { name: `${name}-${Math.floor(doubled / doublings)}` };
  };
}

interface Statement {
  name: string;
  text: string;
  values: readonly unknown[];
}

/** The part of a pg client that runs a statement. */
interface Connection {
  query<Row>(statement: Statement, done: (error: Error | null, result: { rows: Row[] }) => void): void;
}

/**
 * A frequent query as a prepared statement; see `plannedSeldom`. It runs on a connection of the
 * pool, or on the transaction's. It bypasses the query builder, which would build and copy the
 * unchanging text each time. For PostgreSQL to plan it only once, write lists and limits as
 * subqueries: `unnest((select $1::uuid[]))`, `limit (select $2::int)`. Otherwise a plan for the
 * values at hand looks cheaper each time, and planning takes longer than the query.
 *
 * Its errors name the statement and, unlike those of the query builder, contain no values.
 * @param text with parameters `$1`, `$2` …
 * @param options.doublings see `plannedSeldom`
 */
export function prepared<Row>(
  name: string,
  text: string,
  { doublings = 6 } = {},
): (db: Queryable, ...values: readonly unknown[]) => Promise<Row[]> {
  const planned = plannedSeldom(name, doublings);
  return async (db, ...values) => {
    // PostgreSQL would run it outside of the transaction.
    if (isEnded(db)) throw new Error(`${name}: the transaction has ended`);
    const client: Knex.Client = db.client;
    const connection: Connection = await client.acquireConnection();
    try {
      return await run<Row>(connection, { name: planned().name, text, values });
    } finally {
      void client.releaseConnection(connection);
    }
  };
}

const isEnded = (db: Queryable): boolean => 'isCompleted' in db && db.isCompleted();

function run<Row>(connection: Connection, statement: Statement): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    connection.query<Row>(statement, (error, result) => {
      if (!error) return resolve(result.rows);
      error.message = `${statement.name}: ${error.message}`;
      reject(error);
    });
  });
}

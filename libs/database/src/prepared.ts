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

/**
 * A frequent query as a prepared statement; see `plannedSeldom`. Knex neither builds its text nor
 * reads its values, so it costs little here. For PostgreSQL to plan it only once, write lists and
 * limits as subqueries: `unnest((select $1::uuid[]))`, `limit (select $2::int)`. Otherwise a plan
 * for the values at hand looks cheaper each time, and planning takes longer than the query.
 * @param text with parameters `$1`, `$2` …; it must not contain a question mark
 */
export function prepared<Row>(
  name: string,
  text: string,
): (db: Queryable, ...values: readonly unknown[]) => Promise<Row[]> {
  const planned = plannedSeldom(name, 6);
  return async (db, ...values) => {
    const { rows } = await db.raw<{ rows: Row[] }>(text).options({ ...planned(), values });
    return rows;
  };
}

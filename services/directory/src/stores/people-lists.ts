import type { PagePosition } from '@parley/contracts';
import type { Query, Queryable } from '@parley/database';

/** A page of the users selected by `among`, alphabetically. */
export async function pagePeople(
  db: Queryable,
  among: Query,
  { after, limit }: { after: PagePosition | undefined; limit: number },
): Promise<PagePosition[]> {
  const query = db('profiles')
    .whereIn('id', among)
    .select('sort_key as key', 'id')
    .orderBy(['sort_key', 'id'])
    .limit(limit);
  if (after) query.whereRaw('(sort_key, id) > (?, ?::uuid)', [after.key, after.id]);
  return query;
}

import type { Query, Queryable } from '@parley/database';
import type { Position } from '../domain/cursor.ts';

/** A page of the users selected by `among`, alphabetically. */
export async function pagePeople(
  db: Queryable,
  among: Query,
  { after, limit }: { after: Position | undefined; limit: number },
): Promise<Position[]> {
  const query = db('profiles')
    .whereIn('id', among)
    .select('sort_key as key', 'id')
    .orderBy(['sort_key', 'id'])
    .limit(limit);
  if (after) query.whereRaw('(sort_key, id) > (?, ?::uuid)', [after.key, after.id]);
  return query;
}

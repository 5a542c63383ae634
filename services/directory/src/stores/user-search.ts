import type { Queryable } from '@parley/database';
import type { Knex } from 'knex';
import type { Position } from '../domain/cursor.ts';
import type { Viewer } from '../domain/viewer.ts';
import { acquaintances } from './visibility.ts';

export interface Search {
  viewer: Viewer;
  /** Folded. Empty: everybody, by username. */
  prefix: string;
  after: Position | undefined;
  limit: number;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * People by the first term of theirs that the search finds, in the order of those terms. The two branches (one's organization, acquaintances
 * elsewhere) each stop after a page, so the work does not grow with the number of people.
 */
export async function searchUsers(db: Queryable, search: Search): Promise<Position[]> {
  const { viewer, limit } = search;
  const inside = branch(db, search).where('t.organization_id', viewer.organizationId);
  const outside = branch(db, search)
    .whereRaw('t.organization_id is distinct from ?::uuid', [viewer.organizationId])
    .whereIn('t.user_id', acquaintances(db, viewer.userId));
  const found: { key: string; id: string }[] = await db
    .unionAll([inside, outside], true)
    .orderBy([{ column: 'key' }, { column: 'id' }])
    .limit(limit);
  return found;
}

function branch(db: Queryable, { viewer, prefix, after, limit }: Search): Knex.QueryBuilder {
  const query = db('search_terms as t')
    .select('t.term as key', 't.user_id as id')
    .whereNotExists(db('blocks as b').select(db.raw('1')).whereRaw('b.user_id = t.user_id').where('b.blocked_id', viewer.userId))
    .orderBy(['t.term', 't.user_id'])
    .limit(limit);
  if (after) query.whereRaw('(t.term, t.user_id) > (?, ?::uuid)', [after.key, after.id]);
  if (prefix === '') return query.where('t.is_username', true);
  const pattern = `${escapeLike(prefix)}%`;
  const earlier = db('search_terms as e')
    .select(db.raw('1'))
    .whereRaw('e.user_id = t.user_id and e.term < t.term')
    .where('e.term', 'like', pattern);
  return query.where('t.term', 'like', pattern).whereNotExists(earlier);
}

import type { PagePosition } from '@parley/contracts';
import type { Query, Queryable } from '@parley/database';
import type { Viewer } from '../domain/viewer.ts';
import { outsiders } from './visibility.ts';

export interface Search {
  viewer: Viewer;
  /** Folded. An empty prefix matches everyone, by username. */
  prefix: string;
  after?: PagePosition | undefined;
  /** A user to leave out. */
  except?: string;
  /** @default 0 */
  offset?: number;
  limit: number;
}

export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/**
 * Users by their first matching term, in the order of terms. Within the viewer's organization, this
 * walks an index and stops after a page. The few users known from elsewhere are checked one by one.
 */
export async function searchUsers(db: Queryable, search: Search): Promise<PagePosition[]> {
  const { offset = 0, limit } = search;
  const found = db.from(pages(db, { ...search, limit: offset + limit }).as('t')).orderBy(['term', 'user_id']);
  return found.select('term as key', 'user_id as id').offset(offset).limit(limit);
}

/** Stops counting at `limit`. */
export async function countUsers(db: Queryable, search: Search): Promise<number> {
  const [row] = await db
    .from(db.from(pages(db, search).as('p')).limit(search.limit).as('t'))
    .count({ count: '*' });
  return Number(row?.count);
}

const pages = (db: Queryable, search: Search) =>
  db.unionAll(
    [inside(db, search), outside(db, search)].map((found) => page(db, found, search)),
    true,
  );

/** The matching terms. Without a prefix only usernames match, so that each user appears once. */
function matching(db: Queryable, prefix: string, alias: string): Query {
  const terms = db(`search_terms as ${alias}`);
  return prefix === ''
    ? terms.where(`${alias}.is_username`, true)
    : terms.where(`${alias}.term`, 'like', `${escapeLike(prefix)}%`);
}

function inside(db: Queryable, { viewer, prefix }: Search): Query {
  const earlier = matching(db, prefix, 'e')
    .select(db.raw('1'))
    .whereRaw('e.user_id = t.user_id and e.term < t.term');
  return matching(db, prefix, 't').where('t.organization_id', viewer.organizationId).whereNotExists(earlier);
}

function outside(db: Queryable, { viewer, prefix }: Search): Query {
  const first = matching(db, prefix, 's')
    .whereRaw('s.user_id = o.id')
    .orderBy('s.term')
    .limit(1)
    .select('s.term', 's.user_id');
  return db.from(db.raw('? as o cross join lateral ? as t', [outsiders(db, viewer), first]));
}

function page(db: Queryable, found: Query, { viewer, after, except, limit }: Search): Query {
  const blocking = db('blocks as b')
    .select(db.raw('1'))
    .whereRaw('b.user_id = t.user_id')
    .where('b.blocked_id', viewer.userId);
  if (after) found.whereRaw('(t.term, t.user_id) > (?, ?::uuid)', [after.key, after.id]);
  if (except) found.whereNot('t.user_id', except);
  return found
    .select('t.term', 't.user_id')
    .whereNotExists(blocking)
    .orderBy(['t.term', 't.user_id'])
    .limit(limit);
}

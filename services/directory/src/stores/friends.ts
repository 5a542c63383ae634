import type { PagePosition } from '@parley/contracts';
import type { PageStart, Query, Queryable } from '@parley/database';
import type { Viewer } from '../domain/viewer.ts';
import { friendIds } from './friend-requests.ts';
import { escapeLike } from './user-search.ts';

interface FriendSearch {
  userId: string;
  /** Folded. An empty prefix matches every friend. */
  prefix: string;
  start: PageStart<PagePosition>;
  limit: number;
}

/** Alphabetically. Checks every friend, because users have few. */
export async function searchFriends(db: Queryable, search: FriendSearch): Promise<PagePosition[]> {
  const { start, limit } = search;
  const query = found(db, search).orderBy(['p.sort_key', 'p.id']).offset(start.offset).limit(limit);
  if (start.after) query.whereRaw('(p.sort_key, p.id) > (?, ?::uuid)', [start.after.key, start.after.id]);
  return query.select('p.sort_key as key', 'p.id');
}

export async function countFriends(
  db: Queryable,
  search: Pick<FriendSearch, 'userId' | 'prefix'>,
): Promise<number> {
  const [row] = await found(db, search).count({ count: '*' });
  return Number(row?.count);
}

function found(db: Queryable, { userId, prefix }: Pick<FriendSearch, 'userId' | 'prefix'>): Query {
  const friends = db('profiles as p').whereIn('p.id', friendIds(db, userId));
  if (prefix === '') return friends;
  const terms = db('search_terms as t')
    .whereRaw('t.user_id = p.id')
    .where('t.term', 'like', `${escapeLike(prefix)}%`);
  return friends.whereExists(terms.select(db.raw('1')));
}

/** A user's latest friends, up to `:each` from requests sent and as many from requests received. */
const latestFriends = (personId: string) => `
  (select r.to_id as friend_id from friend_requests r
    where r.from_id = ${personId} and r.accepted_at is not null order by r.id desc limit :each)
  union all
  (select r.from_id from friend_requests r
    where r.to_id = ${personId} and r.accepted_at is not null order by r.id desc limit :each)`;

/**
 * Friends of friends in the viewer's organization, most common friends first. Excludes friends and
 * blocks in either direction, but not pending requests.
 */
export async function friendsOfFriends(
  db: Queryable,
  { userId, organizationId }: Viewer,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select p.id
       from (${latestFriends(':userId')}) mine
      cross join lateral (${latestFriends('mine.friend_id')}) theirs
       join profiles p on p.id = theirs.friend_id
      where p.id <> :userId and p.organization_id is not distinct from :organizationId::uuid
        and not exists (
          select from friend_requests r
           where least(r.from_id, r.to_id) = least(p.id, :userId::uuid)
             and greatest(r.from_id, r.to_id) = greatest(p.id, :userId::uuid) and r.accepted_at is not null)
        and not exists (select from blocks b where b.user_id = :userId and b.blocked_id = p.id)
        and not exists (select from blocks b where b.user_id = p.id and b.blocked_id = :userId)
      group by p.id order by count(*) desc, p.id limit :limit`,
    { userId, organizationId, each: 100, limit },
  );
  return rows.map(({ id }) => id);
}

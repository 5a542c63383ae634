import type { Query, Queryable } from '@parley/database';
import type { Viewer } from '../domain/viewer.ts';

/**
 * Users of other organizations whom the viewer still sees: contacts, and members of shared rooms.
 * Rooms of an organization contain only its own users, so they are not searched.
 */
export const outsiders = (db: Queryable, viewer: Viewer): Query =>
  db('profiles as p')
    .whereRaw('p.organization_id is distinct from ?::uuid', [viewer.organizationId])
    .whereIn(
      'p.id',
      db('contacts')
        .where({ user_id: viewer.userId })
        .select('contact_id')
        .union(
          db('members as mine')
            .join('rooms as r', 'r.id', 'mine.room_id')
            .join('members as others', 'others.room_id', 'mine.room_id')
            .where('mine.user_id', viewer.userId)
            .whereNull('r.organization_id')
            .select('others.user_id'),
        ),
    )
    .select('p.id');

/**
 * The users among `ids` that the viewer may see: the viewer, users of the same organization (or of
 * none, if the viewer has none), contacts, and members of shared rooms.
 */
export async function findVisible(
  db: Queryable,
  viewer: Viewer,
  ids: readonly string[],
): Promise<Set<string>> {
  const known = (table: string, mine: string, theirs: string) =>
    db(table).select(db.raw('1')).where(mine, viewer.userId).whereRaw('?? = p.id', [theirs]);
  const rows: { id: string }[] = await db('profiles as p')
    .whereIn('p.id', ids)
    .andWhere((either) =>
      either
        .where('p.id', viewer.userId)
        .orWhere('p.organization_id', viewer.organizationId)
        .orWhereExists(known('contacts', 'user_id', 'contact_id'))
        .orWhereExists(
          known('members as mine', 'mine.user_id', 'others.user_id').join(
            'members as others',
            'others.room_id',
            'mine.room_id',
          ),
        ),
    )
    .select('p.id');
  return new Set(rows.map((row) => row.id));
}

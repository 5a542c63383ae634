import type { Queryable } from '@parley/database';
import type { Knex } from 'knex';
import type { Viewer } from '../domain/viewer.ts';

/** Ids of the viewer's contacts and of the people in their rooms: whom they see wherever these people belong. */
export const acquaintances = (db: Queryable, userId: string): Knex.QueryBuilder =>
  db('contacts')
    .where({ user_id: userId })
    .select('contact_id as id')
    .union(
      db('members as mine')
        .join('members as others', 'others.room_id', 'mine.room_id')
        .where('mine.user_id', userId)
        .select('others.user_id as id'),
    );

/** Which of these people the viewer may see: themselves, those of the same organization (or of none, like them), and acquaintances. */
export async function findVisible(db: Queryable, viewer: Viewer, ids: readonly string[]): Promise<Set<string>> {
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
          known('members as mine', 'mine.user_id', 'others.user_id').join('members as others', 'others.room_id', 'mine.room_id'),
        ),
    )
    .select('p.id');
  return new Set(rows.map((row) => row.id));
}

import type { Queryable } from '@parley/database';

/** The user's rooms except direct ones, last joined first. */
export async function meetingRoomIds(db: Queryable, userId: string, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await db('members as m')
    .join('rooms as r', 'r.id', 'm.room_id')
    .where('m.user_id', userId)
    .whereNot('r.kind', 'direct')
    .orderBy('m.joined_at', 'desc')
    .limit(limit)
    .select('r.id');
  return rows.map((row) => row.id);
}

/**
 * Users who have this user as a contact or share a direct room, except for blocks in either
 * direction.
 */
export async function findAcquaintances(db: Queryable, userId: string, limit: number): Promise<string[]> {
  const acquaintances = db('contacts')
    .where({ contact_id: userId })
    .select('user_id as id')
    .union(
      db('members as mine')
        .join('rooms as r', 'r.id', 'mine.room_id')
        .join('members as other', 'other.room_id', 'r.id')
        .where({ 'mine.user_id': userId, 'r.kind': 'direct' })
        .whereNot('other.user_id', userId)
        .select('other.user_id as id'),
    );
  const rows: { id: string }[] = await db
    .from(acquaintances.as('k'))
    .whereNotExists(
      db('blocks as b')
        .select(db.raw('1'))
        .whereRaw('(b.user_id = k.id and b.blocked_id = ?) or (b.user_id = ? and b.blocked_id = k.id)', [
          userId,
          userId,
        ]),
    )
    .orderBy('k.id')
    .limit(limit)
    .select('k.id');
  return rows.map((row) => row.id);
}

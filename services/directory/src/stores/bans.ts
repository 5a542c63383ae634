import type { Moment, RoomBan } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface BanRow {
  room_id: string;
  user_id: string;
  username: string;
  is_bot: boolean;
  reason: string;
  banned_by: string | null;
  created_at: Date;
}

const toBan = (row: BanRow): RoomBan => ({
  roomId: row.room_id,
  userId: row.user_id,
  username: row.username,
  ...(row.is_bot && { isBot: true as const }),
  reason: row.reason,
  bannedBy: row.banned_by,
  createdAt: row.created_at.toISOString(),
});

const bans = (db: Queryable, roomId: string) =>
  db('bans as b')
    .join('profiles as p', 'p.id', 'b.user_id')
    .where('b.room_id', roomId)
    .select('b.*', 'p.username', 'p.is_bot');

export async function findBan(db: Queryable, roomId: string, userId: string): Promise<RoomBan | undefined> {
  const row: BanRow | undefined = await bans(db, roomId).where('b.user_id', userId).first();
  return row && toBan(row);
}

/** Whether any of the users is banned from the room. */
export async function hasBan(db: Queryable, roomId: string, userIds: readonly string[]): Promise<boolean> {
  return (
    (await db('bans').where({ room_id: roomId }).whereIn('user_id', userIds).first('user_id')) !== undefined
  );
}

/** Newest first. */
export async function pageBans(
  db: Queryable,
  roomId: string,
  { before, limit }: { before: Moment | undefined; limit: number },
): Promise<RoomBan[]> {
  const query = bans(db, roomId)
    .orderBy([
      { column: 'b.created_at', order: 'desc' },
      { column: 'b.user_id', order: 'desc' },
    ])
    .limit(limit);
  if (before) query.whereRaw('(b.created_at, b.user_id) < (?, ?::uuid)', [before.at, before.id]);
  const rows: BanRow[] = await query;
  return rows.map(toBan);
}

export async function countBans(db: Queryable, roomId: string): Promise<number> {
  const [row] = await db('bans').where({ room_id: roomId }).count({ count: '*' });
  return Number(row?.count);
}

export async function insertBan(trx: Queryable, ban: RoomBan): Promise<void> {
  await trx('bans').insert({
    room_id: ban.roomId,
    user_id: ban.userId,
    reason: ban.reason,
    banned_by: ban.bannedBy,
    created_at: new Date(ban.createdAt),
  });
}

export async function deleteBan(trx: Queryable, roomId: string, userId: string): Promise<void> {
  await trx('bans').where({ room_id: roomId, user_id: userId }).delete();
}

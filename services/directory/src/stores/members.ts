import type { Member, MemberRole, Membership, Moment } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface MemberRow {
  room_id: string;
  user_id: string;
  username: string;
  name: string;
  is_bot: boolean;
  role: MemberRole;
  can_send: boolean;
  version: number;
  joined_at: Date;
}

const toMembership = (row: MemberRow): Membership => ({
  roomId: row.room_id,
  userId: row.user_id,
  username: row.username,
  ...(row.is_bot && { isBot: true as const }),
  role: row.role,
  canSend: row.can_send,
  version: row.version,
});

const toMember = (row: MemberRow): Member => ({
  roomId: row.room_id,
  userId: row.user_id,
  username: row.username,
  name: row.name,
  ...(row.is_bot && { isBot: true as const }),
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
});

const members = (db: Queryable, roomId: string) =>
  db('members as m')
    .join('profiles as p', 'p.id', 'm.user_id')
    .where('m.room_id', roomId)
    .select('m.*', 'p.username', 'p.name', 'p.is_bot');

export async function findMember(
  db: Queryable,
  roomId: string,
  userId: string,
): Promise<Membership | undefined> {
  const row: MemberRow | undefined = await members(db, roomId).where('m.user_id', userId).first();
  return row && toMembership(row);
}

export async function findMembers(
  db: Queryable,
  roomId: string,
  userIds: readonly string[],
): Promise<Membership[]> {
  const rows: MemberRow[] = await members(db, roomId).whereIn('m.user_id', userIds).orderBy('m.user_id');
  return rows.map(toMembership);
}

/** The user's memberships in those rooms; of direct rooms, also the other person's. */
export async function findMembersSeenBy(
  db: Queryable,
  userId: string,
  roomIds: readonly string[],
): Promise<Membership[]> {
  const rows: MemberRow[] = await db('members as mine')
    .join('rooms as r', 'r.id', 'mine.room_id')
    .join('members as m', 'm.room_id', 'mine.room_id')
    .join('profiles as p', 'p.id', 'm.user_id')
    .where('mine.user_id', userId)
    .whereIn('mine.room_id', roomIds)
    .whereRaw("(m.user_id = mine.user_id or r.kind = 'direct')")
    .select('m.*', 'p.username', 'p.name', 'p.is_bot');
  return rows.map(toMembership);
}

/** Those of these users who are not members of these rooms. */
export async function lostMemberships(
  db: Queryable,
  rooms: readonly { roomId: string; userIds: readonly string[] }[],
): Promise<{ roomId: string; userId: string; isRoomGone: boolean }[]> {
  const pairs = rooms.flatMap(({ roomId, userIds }) => userIds.map((userId) => ({ roomId, userId })));
  const { rows } = await db.raw<{ rows: { room_id: string; user_id: string; gone: boolean }[] }>(
    `select asked.room_id, asked.user_id, r.id is null as gone
       from unnest(?::uuid[], ?::uuid[]) as asked (room_id, user_id)
       left join rooms r on r.id = asked.room_id
       left join members m on m.room_id = asked.room_id and m.user_id = asked.user_id
      where m.user_id is null`,
    [pairs.map(({ roomId }) => roomId), pairs.map(({ userId }) => userId)],
  );
  return rows.map((row) => ({ roomId: row.room_id, userId: row.user_id, isRoomGone: row.gone }));
}

/** The members who joined first. */
export async function firstMembers(db: Queryable, roomId: string, limit: number): Promise<Membership[]> {
  const rows: MemberRow[] = await members(db, roomId).orderBy(['m.joined_at', 'm.user_id']).limit(limit);
  return rows.map(toMembership);
}

export async function pageMembers(
  db: Queryable,
  roomId: string,
  { after, limit }: { after: Moment | undefined; limit: number },
): Promise<Member[]> {
  const query = members(db, roomId).orderBy(['m.joined_at', 'm.user_id']).limit(limit);
  if (after) query.whereRaw('(m.joined_at, m.user_id) > (?, ?::uuid)', [after.at, after.id]);
  const rows: MemberRow[] = await query;
  return rows.map(toMember);
}

/**
 * The members who joined first in each room, at most `limit` per room, in the order they joined.
 */
export async function firstMembersOf(
  db: Queryable,
  roomIds: readonly string[],
  limit: number,
): Promise<Member[]> {
  const first = db('members')
    .whereRaw('room_id = r.id')
    .orderBy(['joined_at', 'user_id'])
    .limit(limit)
    .select('*');
  const rows: MemberRow[] = await db
    .from(
      db.raw('? as r cross join lateral ? as m', [db('rooms').whereIn('id', roomIds).select('id'), first]),
    )
    .join('profiles as p', 'p.id', 'm.user_id')
    .select('m.*', 'p.username', 'p.name', 'p.is_bot')
    .orderBy(['m.joined_at', 'm.user_id']);
  return rows.map(toMember);
}

/** The next owner: the admin who joined first, or else the member who joined first. */
export async function findSuccessor(
  db: Queryable,
  roomId: string,
  ownerId: string,
): Promise<Membership | undefined> {
  const row: MemberRow | undefined = await members(db, roomId)
    .whereNot('m.user_id', ownerId)
    .orderByRaw("m.role = 'admin' desc, m.joined_at, m.user_id")
    .first();
  return row && toMembership(row);
}

export async function insertMembers(
  trx: Queryable,
  memberships: readonly Membership[],
  now: Date,
): Promise<void> {
  await trx('members').insert(
    memberships.map(({ roomId, userId, role, canSend, version }) => ({
      room_id: roomId,
      user_id: userId,
      role,
      can_send: canSend,
      version,
      joined_at: now,
    })),
  );
}

export async function updateMember(
  trx: Queryable,
  { roomId, userId, role, canSend, version }: Membership,
): Promise<void> {
  await trx('members')
    .where({ room_id: roomId, user_id: userId })
    .update({ role, can_send: canSend, version });
}

export async function deleteMember(trx: Queryable, roomId: string, userId: string): Promise<void> {
  await trx('members').where({ room_id: roomId, user_id: userId }).delete();
}

/** Rooms of every kind, last joined first. */
export async function roomIdsOf(db: Queryable, userId: string, limit: number): Promise<string[]> {
  const rows: { room_id: string }[] = await db('members')
    .where({ user_id: userId })
    .orderBy([
      { column: 'joined_at', order: 'desc' },
      { column: 'room_id', order: 'desc' },
    ])
    .limit(limit)
    .select('room_id');
  return rows.map((row) => row.room_id);
}

/** The user's rooms except direct ones, newest first. */
export async function groupIdsOf(db: Queryable, userId: string, limit: number): Promise<string[]> {
  const rows: { id: string }[] = await db('members as m')
    .join('rooms as r', 'r.id', 'm.room_id')
    .where('m.user_id', userId)
    .whereNot('r.kind', 'direct')
    .orderBy('r.id', 'desc')
    .limit(limit)
    .select('r.id');
  return rows.map((row) => row.id);
}

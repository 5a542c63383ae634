import type { Queryable, Transaction } from '@parley/database';

// Items of accounts end with the memberships that they belong to. Of a room in another database,
// the home database has a copy of the membership.

/** The room that an item belongs to, by the membership of its user. */
export interface OfRoom {
  roomId: string;
  memberVersion: number;
}

/** A user's membership of a room. */
export interface OwnMembership extends OfRoom {
  userId: string;
}

export const columnsOf = (memberships: readonly OwnMembership[]) => ({
  rooms: memberships.map(({ roomId }) => roomId),
  users: memberships.map(({ userId }) => userId),
  versions: memberships.map(({ memberVersion }) => memberVersion),
});

/**
 * Whether the user is a member of the room, with the version of the membership. It cannot end
 * before the transaction does, so whoever ends it finds what the transaction has stored.
 */
export async function lockActive(
  trx: Transaction,
  userId: string,
  roomId: string,
): Promise<OfRoom | undefined> {
  const member: { version: number } | undefined = await trx('members')
    .where({ room_id: roomId, user_id: userId, active: true })
    .forShare()
    .first('version');
  return member && { roomId, memberVersion: member.version };
}

/** A membership that has not ended. */
export async function findMembership(
  db: Queryable,
  userId: string,
  roomId: string,
): Promise<OfRoom | undefined> {
  const member: { version: number } | undefined = await db('members')
    .where({ room_id: roomId, user_id: userId, active: true })
    .first('version');
  return member && { roomId, memberVersion: member.version };
}

/** Stores a membership of a room in another database. It says nothing about the user's rights. */
export async function copyMembership(
  trx: Transaction,
  userId: string,
  { roomId, memberVersion: version }: OfRoom,
): Promise<void> {
  await trx.raw(
    `insert into members as known (room_id, user_id, username, role, can_send, active, version)
     values (:roomId, :userId, '', 'member', false, true, :version)
     on conflict (room_id, user_id) do update set version = excluded.version, active = true
      where known.version < excluded.version`,
    { roomId, userId, version },
  );
}

/** Ends copies of these or earlier memberships, each of a room in another database. */
export async function deleteCopies(db: Queryable, memberships: readonly OwnMembership[]): Promise<void> {
  await db.raw(
    `delete from members m using unnest(:rooms::uuid[], :users::uuid[], :versions::bigint[])
                             as ended (room_id, user_id, version)
      where m.room_id = ended.room_id and m.user_id = ended.user_id and m.version <= ended.version`,
    columnsOf(memberships),
  );
}

/** The same for all members of rooms that have been deleted. */
export async function deleteCopiesOf(db: Queryable, roomIds: readonly string[]): Promise<void> {
  await db('members').whereRaw('room_id = any(:roomIds)', { roomIds }).delete();
}

import type { RoomKind, RoomMentions } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import { pairKey, type Room } from '../domain/room.ts';

interface RoomRow {
  id: string;
  kind: RoomKind;
  name: string | null;
  description: string;
  picture: string;
  is_private: boolean;
  earlier_unread: boolean;
  room_mentions: RoomMentions;
  organization_id: string | null;
  owner_id: string | null;
  created_by: string | null;
  member_count: number;
  membership_version: number;
  created_at: Date;
  updated_at: Date;
}

export interface RoomChanges {
  name?: string | undefined;
  description?: string | undefined;
  picture?: string | undefined;
  isPrivate?: boolean | undefined;
  earlierUnread?: boolean | undefined;
  roomMentions?: RoomMentions | undefined;
}

export const toRoom = (row: RoomRow): Room => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  description: row.description,
  picture: row.picture,
  isPrivate: row.is_private,
  earlierUnread: row.earlier_unread,
  roomMentions: row.room_mentions,
  organizationId: row.organization_id,
  ownerId: row.owner_id,
  createdBy: row.created_by,
  memberCount: row.member_count,
  membershipVersion: row.membership_version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findRoom(db: Queryable, id: string): Promise<Room | undefined> {
  const row: RoomRow | undefined = await db('rooms').where({ id }).first();
  return row && toRoom(row);
}

export async function findRooms(db: Queryable, ids: readonly string[]): Promise<Room[]> {
  const rows: RoomRow[] = await db('rooms').whereIn('id', ids);
  return rows.map(toRoom);
}

/** Locks the room until the end of the transaction, which serializes its changes. */
export async function lockRoom(trx: Queryable, id: string): Promise<Room | undefined> {
  const row: RoomRow | undefined = await trx('rooms').where({ id }).forUpdate().first();
  return row && toRoom(row);
}

export async function findDirectRoom(db: Queryable, a: string, b: string): Promise<Room | undefined> {
  const row: RoomRow | undefined = await db('rooms')
    .where({ pair_key: pairKey(a, b) })
    .first();
  return row && toRoom(row);
}

type NewRoom = Pick<
  Room,
  | 'id'
  | 'kind'
  | 'name'
  | 'description'
  | 'picture'
  | 'isPrivate'
  | 'earlierUnread'
  | 'roomMentions'
  | 'organizationId'
  | 'ownerId'
  | 'createdBy'
>;

/**
 * @param pair the two members of a direct room
 * @throws AppError `room_not_found` if a room of that id was deleted
 */
export async function insertRoom(
  trx: Queryable,
  room: NewRoom,
  now: Date,
  pair?: readonly [string, string],
): Promise<Room> {
  const [row]: RoomRow[] = await trx('rooms')
    .insert({
      id: room.id,
      kind: room.kind,
      name: room.name,
      description: room.description,
      picture: room.picture,
      is_private: room.isPrivate,
      earlier_unread: room.earlierUnread,
      room_mentions: room.roomMentions,
      organization_id: room.organizationId,
      owner_id: room.ownerId,
      created_by: room.createdBy,
      pair_key: pair ? pairKey(...pair) : null,
      created_at: now,
      updated_at: now,
    })
    .returning('*');
  if (!row) throw new Error('the insert returned no row');
  // After the insert, which waits for a deletion of the same id.
  if (await trx('deleted_rooms').where({ id: room.id }).first('id')) throw new AppError('room_not_found');
  return toRoom(row);
}

export async function updateRoomDetails(
  trx: Queryable,
  id: string,
  changes: RoomChanges,
  now: Date,
): Promise<Room> {
  const { name, description, picture, isPrivate, earlierUnread, roomMentions } = changes;
  const [row]: RoomRow[] = await trx('rooms')
    .where({ id })
    .update({
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(picture !== undefined && { picture }),
      ...(isPrivate !== undefined && { is_private: isPrivate }),
      ...(earlierUnread !== undefined && { earlier_unread: earlierUnread }),
      ...(roomMentions !== undefined && { room_mentions: roomMentions }),
      updated_at: now,
    })
    .returning('*');
  if (!row) throw new Error('the room is not locked');
  return toRoom(row);
}

export async function setOwner(trx: Queryable, id: string, ownerId: string): Promise<void> {
  await trx('rooms').where({ id }).update({ owner_id: ownerId });
}

/**
 * Reserves `count` versions for membership changes and returns the first. The room must be locked.
 */
export async function takeVersions(
  trx: Queryable,
  id: string,
  count: number,
  joined: number,
): Promise<number> {
  const [row] = await trx('rooms')
    .where({ id })
    .update({
      membership_version: trx.raw('membership_version + ?', [count]),
      member_count: trx.raw('member_count + ?', [joined]),
    })
    .returning<{ membership_version: number }[]>('membership_version');
  if (!row) throw new Error('the room is not locked');
  return row.membership_version - count + 1;
}

/** Deletes the room with its members and invites, for good. */
export async function removeRoom(trx: Queryable, id: string): Promise<void> {
  await trx('rooms').where({ id }).delete();
  await trx('deleted_rooms').insert({ id });
}

export async function countOwned(db: Queryable, ownerId: string): Promise<number> {
  const [row] = await db('rooms').where({ owner_id: ownerId }).count({ count: '*' });
  return Number(row?.count);
}

/** The user's rooms in organizations other than `organizationId`; null: in any organization. */
export async function foreignRoomIds(
  db: Queryable,
  userId: string,
  organizationId: string | null,
): Promise<string[]> {
  const rows: { id: string }[] = await db('rooms as r')
    .join('members as m', 'm.room_id', 'r.id')
    .where('m.user_id', userId)
    .whereNotNull('r.organization_id')
    .whereRaw('r.organization_id is distinct from ?::uuid', [organizationId])
    .select('r.id');
  return rows.map((row) => row.id);
}

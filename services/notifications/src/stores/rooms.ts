// Read model of the directory's rooms and members, so that notifying needs no call.

import { mentionKey } from '@parley/contracts/text';
import { prepared, type Queryable } from '@parley/database';
import type { MemberState, Room } from '../domain/room.ts';

interface RoomRow {
  id: string;
  kind: Room['kind'];
  name: string | null;
  told_seq: number;
  closed: boolean;
}

export interface LockedRoom extends Room {
  /** `seq` of the last message whose notifications were published. */
  publishedSeq: number;
  closed: boolean;
}

const selectKnownRooms = prepared<{ id: string }>(
  'known-rooms',
  'select r.id from unnest((select $1::uuid[])) as asked (id) join rooms r on r.id = asked.id',
);

/** The rooms that are known, including closed ones. */
export async function findKnownRooms(db: Queryable, roomIds: readonly string[]): Promise<Set<string>> {
  const rows = await selectKnownRooms(db, roomIds);
  return new Set(rows.map((row) => row.id));
}

/** Locks rooms until the transaction ends, in id order, so transactions cannot deadlock. */
export async function lockRooms(db: Queryable, roomIds: readonly string[]): Promise<LockedRoom[]> {
  const rows: RoomRow[] = await db('rooms')
    .select('id', 'kind', 'name', 'told_seq', 'closed')
    .whereRaw('id = any(:roomIds)', { roomIds })
    .orderBy('id')
    .forUpdate();
  return rows.map(({ told_seq: publishedSeq, ...room }) => ({ ...room, publishedSeq }));
}

const advancePublished = prepared(
  'published-seqs',
  `update rooms set told_seq = published.seq
     from (select r.id, asked.seq
             from unnest((select $1::uuid[]), (select $2::bigint[])) as asked (id, seq)
             join rooms r on r.id = asked.id and not r.closed and r.told_seq < asked.seq
            order by r.id for update of r) published
    where rooms.id = published.id`,
);

/**
 * Does nothing in closed rooms. Locks the rooms in the order of their ids.
 * @param seqs room → `seq` of the last message whose notifications were published
 */
export async function savePublishedSeqs(db: Queryable, seqs: ReadonlyMap<string, number>): Promise<void> {
  await advancePublished(db, [...seqs.keys()], [...seqs.values()]);
}

/** Inserts or updates rooms. */
export async function saveRooms(db: Queryable, rooms: readonly Room[]): Promise<void> {
  const latest = new Map(rooms.map(({ id, kind, name }) => [id, { id, kind, name }]));
  await db.raw(
    `insert into rooms (id, kind, name)
     select id, kind, name
       from jsonb_to_recordset(:rooms::jsonb) as r (id uuid, kind text, name text)
      order by id
     on conflict (id) do update set name = excluded.name where rooms.name is distinct from excluded.name`,
    { rooms: JSON.stringify([...latest.values()]) },
  );
}

/** Also records unknown rooms as closed, so that a late event does not open them. */
export async function closeRooms(db: Queryable, roomIds: readonly string[]): Promise<void> {
  await db.raw(
    `insert into rooms (id, kind, closed)
     select distinct id, 'channel', true from unnest(:roomIds::uuid[]) as gone (id) order by id
     on conflict (id) do update set closed = true`,
    { roomIds },
  );
}

/**
 * Inserts or updates members and former members. An older version never overwrites a newer one, nor
 * admits a former member who has been forgotten.
 */
export async function saveMembers(db: Queryable, members: readonly MemberState[]): Promise<void> {
  const latest = new Map<string, MemberState & { mentionName: string }>();
  for (const member of members) {
    const key = member.roomId + member.userId;
    const known = latest.get(key);
    if (!known || member.version >= known.version)
      latest.set(key, { ...known, ...member, mentionName: mentionKey(member.username) });
  }
  await db.raw(
    `insert into members as known (room_id, user_id, mention_name, active, version, joined_at)
     select "roomId", "userId", "mentionName", active, version, "joinedAt"
       from jsonb_to_recordset(:members::jsonb) as m (
              "roomId" uuid, "userId" uuid, "mentionName" text, active boolean, version bigint,
              "joinedAt" timestamptz)
      where version > coalesce((select forgotten_version from rooms r where r.id = "roomId"), 0)
         or exists (select from members k where k.room_id = "roomId" and k.user_id = "userId")
      order by "roomId", "userId"
     on conflict (room_id, user_id) do update
        set mention_name = excluded.mention_name, active = excluded.active, version = excluded.version,
            joined_at = greatest(known.joined_at, excluded.joined_at), changed_at = now()
      -- The directory's answer may come before the event of the same version, and lacks the time.
      where known.version <= excluded.version`,
    { members: JSON.stringify([...latest.values()]) },
  );
}

/** Those of these users who joined rooms after a time; room and user → when. */
export async function findJoins(
  db: Queryable,
  joins: { roomIds: readonly string[]; userIds: readonly string[]; since: Date },
): Promise<Map<string, Date>> {
  const rows: { room_id: string; user_id: string; joined_at: Date }[] = await db('members')
    .whereRaw('room_id = any(:roomIds) and user_id = any(:userIds) and joined_at >= :since', joins)
    .select('room_id', 'user_id', 'joined_at');
  return new Map(rows.map((row) => [row.room_id + row.user_id, row.joined_at]));
}

const selectSmallRooms = prepared<{ room_id: string; user_ids: string[] }>(
  'small-rooms',
  `select asked.room_id, array_agg(m.user_id) as user_ids
     from unnest((select $1::uuid[])) as asked (room_id)
    cross join lateral (
      select user_id from members where room_id = asked.room_id and active limit (select $2::int) + 1) as m
    group by asked.room_id having count(*) <= $2`,
);

/** Room → its members, for rooms with at most `limit` members. */
export async function findSmallRooms(
  db: Queryable,
  roomIds: readonly string[],
  limit: number,
): Promise<Map<string, string[]>> {
  const rows = await selectSmallRooms(db, roomIds, limit);
  return new Map(rows.map((row) => [row.room_id, row.user_ids]));
}

/** Room → all of its members. */
export async function findAllMembers(
  db: Queryable,
  roomIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows: { room_id: string; user_ids: string[] }[] = await db('members')
    .where({ active: true })
    .whereRaw('room_id = any(:roomIds)', { roomIds })
    .groupBy('room_id')
    .select('room_id', db.raw('array_agg(user_id) as user_ids'));
  return new Map(rows.map((row) => [row.room_id, row.user_ids]));
}

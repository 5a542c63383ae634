import type { GainedRoom, Membership, RoomState } from '@parley/contracts';
import { prepared, type Queryable } from '@parley/database';
import type { Standing } from '../domain/standing.ts';
import { mentionNameOf } from './mentioned-members.ts';

interface StandingRow {
  n: number;
  id: string;
  kind: Standing['room']['kind'];
  name: string | null;
  is_private: boolean;
  organization_id: string | null;
  role: 'owner' | 'admin' | 'member';
  can_send: boolean;
  active: boolean;
  people: string[] | null;
}

// Read model of the directory's rooms and members, so sending a message needs no call.

const selectStandings = prepared<StandingRow>(
  'standings',
  `select asked.n, r.id, r.kind, r.name, r.is_private, r.organization_id, m.role, m.can_send, m.active,
          case when r.kind = 'direct'
               then (select array_agg(p.user_id) from members p where p.room_id = r.id) end as people
     from unnest((select $1::uuid[]), (select $2::uuid[])) with ordinality as asked (room_id, user_id, n)
     join rooms r on r.id = asked.room_id and r.closed_at is null
     left join members m on m.room_id = r.id and m.user_id = asked.user_id`,
);

/** The standing of each pair, in order; null if the room is closed or not known here (yet). */
export async function knownStandings(
  db: Queryable,
  pairs: readonly { roomId: string; userId: string }[],
): Promise<(Standing | null)[]> {
  const rooms = pairs.map((pair) => pair.roomId);
  const users = pairs.map((pair) => pair.userId);
  const found: (Standing | null)[] = pairs.map(() => null);
  for (const row of await selectStandings(db, rooms, users)) found[row.n - 1] = toStanding(row);
  return found;
}

/** Inserts or updates rooms. */
export async function saveRooms(db: Queryable, rooms: readonly RoomState[]): Promise<void> {
  if (rooms.length === 0) return;
  const unique = [...new Map(rooms.map((room) => [room.id, room])).values()];
  await db('rooms')
    .insert(
      unique.map((room) => ({
        id: room.id,
        kind: room.kind,
        name: room.name,
        is_private: room.isPrivate,
        organization_id: room.organizationId,
        earlier_unread: room.earlierUnread ?? null,
        room_mentions: room.roomMentions ?? null,
      })),
    )
    .onConflict('id')
    .merge({
      name: db.raw('excluded.name'),
      is_private: db.raw('excluded.is_private'),
      organization_id: db.raw('excluded.organization_id'),
      earlier_unread: db.raw('coalesce(excluded.earlier_unread, rooms.earlier_unread)'),
      room_mentions: db.raw('coalesce(excluded.room_mentions, rooms.room_mentions)'),
    });
}

/**
 * Inserts or updates members; `active: false` for those who left. An older version never
 * overwrites a newer one.
 * @param options.current the directory's present answer. An event may be older than the departure
 *   of a member who has been forgotten, and then changes nothing.
 */
export async function saveMembers(
  db: Queryable,
  members: readonly (Membership & { active: boolean })[],
  { current = false }: { current?: boolean } = {},
): Promise<void> {
  if (members.length === 0) return;
  const latest = new Map<string, Membership & { active: boolean }>();
  for (const member of members) {
    const key = member.roomId + member.userId;
    if (member.version >= (latest.get(key)?.version ?? 0)) latest.set(key, member);
  }
  await db.raw(
    `insert into members as known
            (room_id, user_id, username, mention_name, role, can_send, active, version)
     select "roomId", "userId", username, "mentionName", role, "canSend", active, version
       from jsonb_to_recordset(:members::jsonb) as m (
              "roomId" uuid, "userId" uuid, username text, "mentionName" text, role text,
              "canSend" boolean, active boolean, version bigint)
      where :current or version > coalesce((select forgotten_version from rooms r where r.id = "roomId"), 0)
         or exists (select from members k where k.room_id = "roomId" and k.user_id = "userId")
      order by "roomId", "userId"
     on conflict (room_id, user_id) do update
        set username = excluded.username, mention_name = excluded.mention_name, role = excluded.role,
            can_send = excluded.can_send, active = excluded.active, version = excluded.version,
            changed_at = now()
      where known.version <= excluded.version`,
    {
      members: JSON.stringify(
        [...latest.values()].map((member) => ({ ...member, mentionName: mentionNameOf(member.username) })),
      ),
      current,
    },
  );
}

export async function closeRoom(db: Queryable, roomId: string, at: Date): Promise<void> {
  await db('rooms').where({ id: roomId }).whereNull('closed_at').update({ closed_at: at });
  await db('members').where({ room_id: roomId }).update({ active: false, changed_at: db.fn.now() });
}

/** The two users of a direct room; null for other rooms. */
export async function directPeople(db: Queryable, roomId: string): Promise<string[] | null> {
  const rows: { user_id: string }[] = await db('members as m')
    .join('rooms as r', 'r.id', 'm.room_id')
    .where({ 'r.id': roomId, 'r.kind': 'direct' })
    .select('m.user_id');
  return rows.length === 0 ? null : rows.map((row) => row.user_id);
}

const selectHeads = prepared<{ roomId: string; seq: number }>(
  'heads',
  `select r.id as "roomId", r.seq
     from unnest((select $1::uuid[])) as asked (id) join rooms r on r.id = asked.id
    where r.seq > 0`,
);

/** The last number of each room's timeline, without rooms whose timeline is empty. */
export const findHeads = (
  db: Queryable,
  roomIds: readonly string[],
): Promise<{ roomId: string; seq: number }[]> => selectHeads(db, roomIds);

/** The last number of a room's timeline. */
export async function findHead(db: Queryable, roomId: string): Promise<number> {
  const [head] = await findHeads(db, [roomId]);
  return head?.seq ?? 0;
}

interface HeadRow {
  id: string;
  name: string | null;
  seq: number;
  read_seq: number;
}

const selectMemberHeads = prepared<HeadRow>(
  'member-heads',
  `select r.id, r.name, r.seq, r.read_seq
     from unnest((select $2::uuid[])) as asked (id)
     join rooms r on r.id = asked.id and r.closed_at is null
     join members m on m.room_id = r.id and m.user_id = $1 and m.active`,
);

/** The heads of those rooms that the user belongs to. */
export async function memberHeads(
  db: Queryable,
  userId: string,
  roomIds: readonly string[],
): Promise<Map<string, { name: string | null; seq: number; readSeq: number }>> {
  const rows = await selectMemberHeads(db, userId, roomIds);
  return new Map(rows.map(({ id, name, seq, read_seq: readSeq }) => [id, { name, seq, readSeq }]));
}

/** The user's rooms except `known`, with `after < id <= upTo`, in the order of their ids. */
export async function otherRooms(
  db: Queryable,
  userId: string,
  range: { known: readonly string[]; after?: string | undefined; upTo?: string | undefined; limit: number },
): Promise<GainedRoom[]> {
  const { rows } = await db.raw<{
    rows: (Pick<GainedRoom, 'kind' | 'name' | 'people' | 'seq'> & {
      id: string;
      organization_id: string | null;
      read_seq: number;
    })[];
  }>(
    `select r.id, r.kind, r.name, r.organization_id, r.seq, r.read_seq,
            case when r.kind = 'direct' then (
              select json_agg(json_build_object('userId', p.user_id, 'username', p.username)
                              order by p.user_id)
                from members p where p.room_id = r.id) end as people
       from members m join rooms r on r.id = m.room_id and r.closed_at is null
      where m.user_id = :userId and m.active and m.room_id <> all(:known::uuid[])
        and (:after::uuid is null or m.room_id > :after) and (:upTo::uuid is null or m.room_id <= :upTo)
      order by m.room_id limit :limit`,
    {
      userId,
      known: range.known,
      after: range.after ?? null,
      upTo: range.upTo ?? null,
      limit: range.limit,
    },
  );
  return rows.map(({ id: roomId, organization_id: organizationId, read_seq: readSeq, ...room }) => ({
    roomId,
    organizationId,
    readSeq,
    ...room,
  }));
}

function toStanding(row: StandingRow): Standing {
  return {
    room: {
      id: row.id,
      kind: row.kind,
      name: row.name,
      isPrivate: row.is_private,
      organizationId: row.organization_id,
    },
    member: row.active ? { role: row.role, canSend: row.can_send } : null,
    people: row.people,
  };
}

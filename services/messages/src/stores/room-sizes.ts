import { prepared, type Queryable } from '@parley/database';
import { autoRoomMentions, type RoomMentionRights } from '../domain/standing.ts';

const selectLarger = prepared<{ id: string }>(
  'larger-rooms',
  `select asked.id
     from unnest((select $1::uuid[])) as asked (id)
    cross join lateral (
      select count(*) as members from (
        select 1 from members m where m.room_id = asked.id and m.active limit (select $2::int + 1)
      ) counted
    ) size
    where size.members > $2::int`,
);

/** Those of the rooms with more than `size` members. Counts no further than that. */
export async function roomsLargerThan(
  db: Queryable,
  roomIds: readonly string[],
  size: number,
): Promise<string[]> {
  const rows = await selectLarger(db, roomIds, size);
  return rows.map(({ id }) => id);
}

const selectRights = prepared<RoomMentionRights & { n: number }>(
  'room-mention-rights',
  `select asked.n, case when m.active then m.role end as role,
          coalesce(r.room_mentions, 'auto') as "roomMentions", size.members > $3::int as "isLarge"
     from unnest((select $1::uuid[]), (select $2::uuid[])) with ordinality as asked (room_id, user_id, n)
     join rooms r on r.id = asked.room_id
     left join members m on m.room_id = r.id and m.user_id = asked.user_id
    cross join lateral (
      select count(*) as members from (
        select 1 from members m where m.room_id = r.id and m.active limit (select $3::int + 1)
      ) counted
    ) size`,
);

/** The rights of users to mention all members of rooms, in order; undefined: no such room. */
export async function findRoomMentionRights(
  db: Queryable,
  pairs: readonly { roomId: string; userId: string }[],
): Promise<(RoomMentionRights | undefined)[]> {
  const rows = await selectRights(
    db,
    pairs.map(({ roomId }) => roomId),
    pairs.map(({ userId }) => userId),
    autoRoomMentions,
  );
  const found: (RoomMentionRights | undefined)[] = pairs.map(() => undefined);
  for (const { n, ...rights } of rows) found[n - 1] = rights;
  return found;
}

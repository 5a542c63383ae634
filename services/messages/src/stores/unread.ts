import type { Queryable } from '@parley/database';
import { everybody } from './mentions.ts';
import { inRoom } from './timeline.ts';

export interface UnreadRoom {
  roomId: string;
  unread: number;
  /** Messages that mention the user, or all members. */
  mentions: number;
  seq: number;
  readSeq: number;
}

/**
 * A user's rooms with unread messages or mentions of others; counting stops at `maxPerRoom` in each
 * room. A new member starts at their join, unless the room counts earlier messages too. A mention
 * is unread if the change that mentioned the user first is, even where the message was read before.
 * @param options.threadsApart does not count replies that are only in their thread
 * @param options.ignored authors whose mentions do not count
 * @param options.unmentioned rooms whose mentions of all members do not count
 */
export async function unreadRooms(
  db: Queryable,
  userId: string,
  options: {
    maxPerRoom: number;
    threadsApart: boolean;
    ignored?: readonly string[];
    unmentioned?: readonly string[];
  },
): Promise<UnreadRoom[]> {
  const { maxPerRoom, threadsApart, ignored = [], unmentioned = [] } = options;
  const { rows } = await db.raw<{
    rows: {
      room_id: string;
      unread: number;
      mentions: number;
      seq: number;
      read_seq: number;
    }[];
  }>(
    `select m.room_id, r.seq, start.seq as read_seq, u.unread, mentioned.mentions
       from members m
       join rooms r on r.id = m.room_id
       left join read_positions p on p.room_id = m.room_id and p.user_id = m.user_id
       cross join lateral (
         select greatest(p.seq, case when r.earlier_unread then 0 else m.unread_after end) as seq
       ) start
       cross join lateral (
         -- Whose mentions count: null, which equals nothing, stands for all members.
         select case when m.room_id <> all(:unmentioned::uuid[]) then '${everybody}'::uuid end as id
       ) everybody
       cross join lateral (
         select count(*) as unread from (
           select from timeline t
            where t.room_id = m.room_id and t.seq > greatest(start.seq, r.expired_seq)
              and t.kind = 'message' and t.deleted_at is null and t.sender_id <> m.user_id
              ${threadsApart ? inRoom : ''}
            limit :maxPerRoom
         ) limited
       ) u
       cross join lateral (
         select count(*) as mentions from (
           select distinct x.seq from mentions x
             join timeline t on t.room_id = x.room_id and t.seq = x.seq
            where x.room_id = m.room_id and x.user_id in (m.user_id, everybody.id) and x.active
              and x.since_seq > start.seq and x.seq > r.expired_seq and t.deleted_at is null
              -- The message did not mention the user before, neither by name nor with all members.
              and not exists (select from mentions y
                               where y.room_id = x.room_id and y.seq = x.seq
                                 and y.user_id in (m.user_id, everybody.id) and y.since_seq <= start.seq)
              and t.sender_id <> m.user_id and t.sender_id <> all(:ignored::uuid[])
            limit :maxPerRoom
         ) limited
       ) mentioned
      where m.user_id = :userId and m.active and r.seq > start.seq
        and (u.unread > 0 or mentioned.mentions > 0)
      order by m.room_id`,
    { userId, maxPerRoom, ignored, unmentioned },
  );
  return rows.map((row) => ({
    roomId: row.room_id,
    unread: row.unread,
    mentions: row.mentions,
    seq: row.seq,
    readSeq: row.read_seq,
  }));
}

/**
 * Starts the unread counts of members after the last message before they joined. The time decides,
 * because the join is numbered later than a message that follows it immediately. Repeating it
 * changes nothing.
 */
export async function startUnread(
  db: Queryable,
  joins: readonly { roomId: string; userId: string; at: Date }[],
): Promise<void> {
  if (joins.length === 0) return;
  await db.raw(
    `update members m set unread_after = greatest(m.unread_after, start.seq)
       from (select room_id, user_id, max(joined_at) as joined_at
               from unnest(:rooms::uuid[], :users::uuid[], :times::timestamptz[])
                      as j (room_id, user_id, joined_at)
              group by room_id, user_id) j
       cross join lateral (
         select t.seq from timeline t
          where t.room_id = j.room_id and t.created_at <= j.joined_at order by t.seq desc limit 1
       ) start
      where m.room_id = j.room_id and m.user_id = j.user_id`,
    {
      rooms: joins.map(({ roomId }) => roomId),
      users: joins.map(({ userId }) => userId),
      times: joins.map(({ at }) => at),
    },
  );
}

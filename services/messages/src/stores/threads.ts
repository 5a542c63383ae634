import type { Thread } from '@parley/contracts';
import { prepared, type Queryable } from '@parley/database';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

// Threads as their readers see them. Everything is derived from the timeline and the reader's
// positions when it is asked for, so that no count can drift.

/** Replies that are counted in each thread, as read and unread ones. */
const maxCounted = 1_000;
/** The latest replies of a room, among which unread ones are counted. */
const maxUnreadIn = 10_000;
/** Replies that one page of a list of threads passes over. */
const maxPassed = 5_000;

/**
 * The user `$1` in their rooms, or in the room `$2` alone. `in_threads` is their position in all
 * threads; nothing up to `start` is unread, whatever they have marked. A room has no more replies
 * than numbers, so the latest ones need to be found only by those who are far behind.
 */
const viewed = `
  select m.room_id, m.user_id, r.seq as head, r.expired_seq, p.in_threads,
         greatest(s.start, case when r.seq - greatest(s.start, p.in_threads) > ${maxUnreadIn} then (
           select b.seq - 1 from timeline b where b.room_id = m.room_id and b.thread_root_seq is not null
            order by b.seq desc offset ${maxUnreadIn - 1} limit 1) end) as start
    from members m
    join rooms r on r.id = m.room_id and r.closed_at is null
    left join read_positions rp on rp.room_id = m.room_id and rp.user_id = m.user_id
   cross join lateral (
     select greatest(r.expired_seq, case when r.earlier_unread then 0 else m.unread_after end) as start
   ) s
   cross join lateral (select coalesce(rp.threads_seq, rp.seq, 0) as in_threads) p
   where m.user_id = $1 and m.active and ($2::uuid is null or m.room_id = $2)`;

/**
 * Whether the user of `v` follows the thread of `root`, given their position `tp` in it: as they
 * have decided, or else if they have written in it or a message of it mentions them by name.
 */
const isFollowed = `
  coalesce(tp.following, root.sender_id = v.user_id or exists (
    select from timeline o
     where o.room_id = v.room_id and o.sender_id = v.user_id and o.thread_root_seq = root.seq
  ) or exists (
    select from mentions x
     where x.room_id = v.room_id and x.user_id = v.user_id and x.root_seq = root.seq and x.active
  ) or exists (
    select from mentions x
     where x.room_id = v.room_id and x.user_id = v.user_id and x.seq = root.seq and x.active))`;

/** Up to where they have read it; see `moveThread`. */
const readTo = `
  greatest(tp.seq, case when v.in_threads > coalesce(tp.threads_seq, -1) then v.in_threads end)`;

/** The unread replies of others in it, as the table `u`. */
const countUnread = `
  cross join lateral (
    select count(*)::int as unread from (
      select from timeline t
       where t.room_id = v.room_id and t.thread_root_seq = root.seq and t.seq > greatest(v.start, ${readTo})
         and t.deleted_at is null and t.sender_id <> v.user_id
       limit ${maxCounted}
    ) counted
  ) u`;

const joinPosition = `
  left join thread_positions tp
    on tp.room_id = v.room_id and tp.user_id = v.user_id and tp.root_seq = root.seq`;

export interface UnreadThread {
  roomId: string;
  rootSeq: number;
  unread: number;
}

/**
 * Threads with replies after the user's position in all threads, and those in which they have
 * marked earlier ones unread.
 */
const selectUnread = prepared<UnreadThread>(
  'unread-threads',
  `with v as materialized (${viewed})
   select v.room_id as "roomId", root.seq as "rootSeq", u.unread
     from v
    cross join lateral (
      select distinct t.thread_root_seq as root_seq from timeline t
       where v.head > greatest(v.start, v.in_threads) and t.room_id = v.room_id
         and t.thread_root_seq is not null and t.seq > greatest(v.start, v.in_threads)
       union
      select marked.root_seq from thread_positions marked
       where marked.room_id = v.room_id and marked.user_id = v.user_id
         and marked.threads_seq >= v.in_threads and marked.seq < v.in_threads
    ) candidate
     join timeline root on root.room_id = v.room_id and root.seq = candidate.root_seq
     ${joinPosition}
     ${countUnread}
    where u.unread > 0 and ${isFollowed}`,
);

/** The followed threads of a user that have unread replies, in all rooms or in one. */
export const unreadThreads = (
  db: Queryable,
  userId: string,
  roomId: string | null,
): Promise<UnreadThread[]> => selectUnread(db, userId, roomId);

/** A thread as its reader sees it, without its root. */
export interface ThreadFacts {
  rootSeq: number;
  rootId: string;
  replies: number;
  participants: Thread['participants'];
  lastReplySeq: number | null;
  lastReplyAt: Date | null;
  following: boolean;
  readSeq: number;
  unread: number;
}

const selectFacts = prepared<ThreadFacts>(
  'thread-facts',
  `with v as materialized (${viewed})
   select root.seq as "rootSeq", root.id as "rootId", t.replies, t.participants,
          t.last_seq as "lastReplySeq", t.last_at as "lastReplyAt",
          f.following, greatest(v.start, ${readTo}) as "readSeq",
          case when f.following then u.unread else 0 end as unread
     from v
     join timeline root on root.room_id = v.room_id and root.seq = any((select $3::bigint[])::bigint[])
     ${joinPosition}
    cross join lateral (select ${isFollowed} as following) f
    cross join lateral (
      with replies as (
        select r.seq, r.created_at, r.sender_id, r.sender_name, r.is_bot from timeline r
         where r.room_id = v.room_id and r.thread_root_seq = root.seq
           and r.deleted_at is null and r.seq > v.expired_seq
         order by r.seq desc limit ${maxCounted}
      )
      select (select count(*)::int from replies) as replies,
             (select max(seq) from replies) as last_seq,
             (select max(created_at) from replies) as last_at,
             (select coalesce(json_agg(json_strip_nulls(json_build_object(
                       'userId', p.sender_id, 'username', p.sender_name, 'isBot', p.is_bot))
                     order by p.seq desc), '[]')
                from (select * from (
                  select distinct on (sender_id) sender_id, sender_name, is_bot, seq
                    from replies order by sender_id, seq desc) latest
                  order by seq desc limit (select $4::int)) p) as participants
    ) t
    ${countUnread}
   where root.kind = 'message'`,
);

/** Facts about the threads of these messages, as a member of the room sees them. */
export const threadFacts = (
  db: Queryable,
  { roomId, userId }: { roomId: string; userId: string },
  rootSeqs: readonly number[],
  maxParticipants: number,
): Promise<ThreadFacts[]> => selectFacts(db, userId, roomId, rootSeqs, maxParticipants);

interface LatestRow {
  rootSeq: number | null;
  seq: number;
  passed: number;
  end: number;
}

const latestThreads = (name: string, condition: string) =>
  prepared<LatestRow>(
    name,
    `with v as materialized (${viewed}), passed as materialized (
       select t.thread_root_seq, t.seq, t.deleted_at from timeline t, v
        where t.room_id = v.room_id and t.thread_root_seq is not null
          and t.seq < $3 and t.seq > v.expired_seq
        order by t.seq desc limit ${maxPassed}
     )
     select root.seq as "rootSeq", passed.seq,
            (select count(*)::int from passed) as passed, (select min(seq) from passed) as end
       from passed cross join v
       join timeline root on root.room_id = v.room_id and root.seq = passed.thread_root_seq
       ${joinPosition}
      where passed.deleted_at is null and ${condition}
        and not exists (
          select from timeline later
           where later.room_id = v.room_id and later.thread_root_seq = passed.thread_root_seq
             and later.seq > passed.seq and later.deleted_at is null)
      union all
     select null, 0, (select count(*)::int from passed), coalesce((select min(seq) from passed), 0)
      order by seq desc limit (select $4::int)`,
  );
const selectLatest = {
  all: latestThreads('latest-threads', 'true'),
  followed: latestThreads('followed-threads', isFollowed),
};

/**
 * Threads of a room by their last reply, the latest first, with replies before a number.
 * @returns `next`: the number at which more may follow; null: there are no more
 */
export async function latestThreadsOf(
  db: Queryable,
  { roomId, userId }: { roomId: string; userId: string },
  { filter, before, limit }: { filter: 'all' | 'followed'; before: number; limit: number },
): Promise<{ threads: { rootSeq: number; lastReplySeq: number }[]; next: number | null }> {
  // One extra row shows whether there are more; the last one tells how far the list was searched.
  const rows = await selectLatest[filter](db, userId, roomId, before, limit + 2);
  const found = rows.flatMap(({ rootSeq, seq }) =>
    rootSeq === null ? [] : [{ rootSeq, lastReplySeq: seq }],
  );
  const threads = found.slice(0, limit);
  const [{ passed, end } = { passed: 0, end: 0 }] = rows;
  if (found.length > limit) return { threads, next: threads.at(-1)?.lastReplySeq ?? null };
  return { threads, next: passed === maxPassed ? end : null };
}

const repliesIn = (name: string, order: 'asc' | 'desc') =>
  prepared<StoredRow>(
    name,
    `select ${timelineColumns.join(', ')} from timeline
      where room_id = $1 and thread_root_seq = $2 and seq > $3 and seq < $4
      order by seq ${order} limit (select $5::int)`,
  );
const replies = { newest: repliesIn('newest-replies', 'desc'), oldest: repliesIn('oldest-replies', 'asc') };

/** Replies in a thread with `after < seq < before`: the `limit` that are nearest to `from`. */
export async function pageReplies(
  db: Queryable,
  { roomId, rootSeq }: { roomId: string; rootSeq: number },
  { before, after, limit, from }: { before: number; after: number; limit: number; from: 'newest' | 'oldest' },
): Promise<TimelineRow[]> {
  return (await replies[from](db, roomId, rootSeq, after, before, limit)).map(toRow);
}

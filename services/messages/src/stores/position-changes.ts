import type { MemberPosition, ThreadPosition } from '@parley/contracts';
import { prepared, type Queryable } from '@parley/database';
import { inAllThreads } from './positions.ts';

// Changes of positions, numbered by their room's `read_seq`, from which clients resume.

interface ChangedPositionRow {
  room_id: string;
  user_id: string;
  seq: number;
  changed_seq: number;
  username: string;
  read_at: Date | null;
  delivered_seq: number;
  /** The user's own position in all threads, if they have one. */
  own_threads_seq: number | null;
}

/** A change of a member's position, with the user's own in all threads, or of one in a thread. */
export interface ChangedPosition {
  roomId: string;
  changedSeq: number;
  position: MemberPosition | null;
  thread: ThreadPosition | null;
}

interface ChangedThreadRow {
  room_id: string;
  root_seq: number;
  seq: number;
  threads_seq: number;
  following: boolean | null;
  changed_seq: number;
}

const selectChanged = prepared<ChangedPositionRow>(
  'changed-positions',
  `select changed.*
     from unnest((select $2::uuid[]), (select $3::bigint[]), (select $4::int[]))
            with ordinality as asked (room_id, after, take, n)
     cross join lateral (
       select p.room_id, p.changed_seq, p.user_id, m.username, p.seq, p.read_at, p.delivered_seq,
              case when p.user_id = $1 then p.threads_seq end as own_threads_seq
         from read_positions p
         join members m on m.room_id = p.room_id and m.user_id = p.user_id and m.active
        where p.room_id = asked.room_id and p.changed_seq > asked.after
          and (m.can_send or m.user_id = $1)
        order by p.changed_seq limit asked.take
     ) changed
    order by asked.n, changed.changed_seq`,
);

const selectChangedThreads = prepared<ChangedThreadRow>(
  'changed-threads',
  `select changed.*
     from unnest((select $2::uuid[]), (select $3::bigint[]), (select $4::int[]))
            with ordinality as asked (room_id, after, take, n)
     cross join lateral (
       select t.room_id, t.changed_seq, t.root_seq, t.seq, t.threads_seq, t.following
         from thread_positions t
        where t.room_id = asked.room_id and t.user_id = $1 and t.changed_seq > asked.after
        order by t.changed_seq limit asked.take
     ) changed
    order by asked.n, changed.changed_seq`,
);

/** The user's own positions in threads, as `positionsChangedAfter`. */
export async function threadsChangedAfter(
  db: Queryable,
  userId: string,
  asked: readonly { roomId: string; after: number; take: number }[],
): Promise<ChangedPosition[]> {
  if (asked.length === 0) return [];
  const rows = await selectChangedThreads(
    db,
    userId,
    asked.map((one) => one.roomId),
    asked.map((one) => one.after),
    asked.map((one) => one.take),
  );
  return rows.map((row) => ({
    roomId: row.room_id,
    changedSeq: row.changed_seq,
    position: null,
    thread: {
      threadRootSeq: row.root_seq,
      seq: row.seq,
      threadsSeq: row.threads_seq,
      following: row.following,
    },
  }));
}

/**
 * Members' positions, as `userId` sees them, that changed after `after`, in the order of that
 * change: at most `take` of each room, rooms in the order of `asked`.
 */
export async function positionsChangedAfter(
  db: Queryable,
  userId: string,
  asked: readonly { roomId: string; after: number; take: number }[],
): Promise<ChangedPosition[]> {
  if (asked.length === 0) return [];
  const rows = await selectChanged(
    db,
    userId,
    asked.map((one) => one.roomId),
    asked.map((one) => one.after),
    asked.map((one) => one.take),
  );
  return rows.map((row) => ({
    roomId: row.room_id,
    changedSeq: row.changed_seq,
    position: {
      userId: row.user_id,
      username: row.username,
      seq: row.seq,
      readAt: row.read_at?.toISOString() ?? null,
      deliveredSeq: row.delivered_seq,
    },
    thread: row.own_threads_seq === null ? null : inAllThreads(row.own_threads_seq),
  }));
}

/**
 * Numbers the positions in direct rooms anew whose block has ended, because it has hidden them.
 * @param members who may send again, before they are saved
 */
export async function revealPositions(
  db: Queryable,
  members: readonly { roomId: string; userId: string; version: number }[],
): Promise<void> {
  await db.raw(
    `with unblocked as (
       select distinct m.room_id
         from unnest(:rooms::uuid[], :users::uuid[], :versions::bigint[]) as v (room_id, user_id, version)
         join members m on m.room_id = v.room_id and m.user_id = v.user_id
        where m.active and not m.can_send and m.version < v.version
     ), hidden as (
       select room_id, user_id, row_number() over (partition by room_id order by user_id) as step
         from read_positions where room_id in (select room_id from unblocked)
     ), counted as (
       update rooms r set read_seq = r.read_seq + top.steps
         from (select room_id, max(step) as steps from hidden group by room_id) top
        where r.id = top.room_id
       returning r.id, r.read_seq - top.steps as read_seq
     )
     update read_positions p set changed_seq = c.read_seq + h.step
       from hidden h join counted c on c.id = h.room_id
      where p.room_id = h.room_id and p.user_id = h.user_id`,
    {
      rooms: members.map(({ roomId }) => roomId),
      users: members.map(({ userId }) => userId),
      versions: members.map(({ version }) => version),
    },
  );
}

import type { ReadPosition, SubmissionResult, ThreadPosition } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { Recipient } from '../domain/message-status.ts';
import { insertMark, markValues } from './marks.ts';

interface AskedAdvance {
  op: 'read' | 'deliver';
  roomId: string;
  userId: string;
  /** The last message covered; null: the latest of the room. */
  messageId: string | null;
  /** See `Submission`. */
  threads?: 'apart' | 'only' | undefined;
}

export interface Advanced {
  /** Contains the current position. */
  answer: Extract<SubmissionResult, { op: 'read' | 'deliver' | 'thread' }>;
  moved: boolean;
  /** The position in all threads, of a user who has one. */
  inThreads: ThreadPosition | undefined;
}

/**
 * One statement for a whole batch. Each position that advances takes the next `read_seq` of its
 * room under the lock of the room's row, so these numbers become visible in their order, and the
 * numbers are marked. Rooms are locked in id order, so batches of several writers cannot deadlock.
 *
 * A member's position in all threads is that in the room, until a client moves only one of them.
 */
const advanceStatement = `
  with asked as (
    select a.n, a.op, a.threads, a.room_id, a.user_id,
           case when a.message_id is null then r.seq else m.seq end as seq
      from unnest(:ops::text[], :threads::text[], :rooms::uuid[], :users::uuid[], :messages::uuid[])
             with ordinality as a (op, threads, room_id, user_id, message_id, n)
      join rooms r on r.id = a.room_id
      left join timeline m on m.room_id = a.room_id and m.id = a.message_id and m.kind = 'message'
  ), wanted as (
    select room_id, user_id, max(seq) filter (where op = 'read' and threads <> 'only') as read_to,
           max(seq) filter (where op = 'read' and threads <> 'apart') as threads_to,
           max(seq) filter (where op = 'deliver') as delivered_to
      from asked where seq is not null group by room_id, user_id
  ), compared as (
    select w.*, w.read_to is not null and (p.read_at is null or p.seq < w.read_to)
             or coalesce(w.threads_to > coalesce(p.threads_seq, p.seq, 0), false) as reads,
           coalesce(w.delivered_to > greatest(p.delivered_seq, w.read_to, 0), false) as delivers
      from wanted w left join read_positions p on p.room_id = w.room_id and p.user_id = w.user_id
  ), advancing as (
    select *, row_number() over (partition by room_id order by user_id) as step
      from compared where reads or delivers
  ), locked as (
    select id, read_seq from rooms where id in (select room_id from advancing) order by id for update
  ), counted as (
    update rooms r set read_seq = l.read_seq + top.steps
      from locked l
      join (select room_id, max(step) as steps from advancing group by room_id) top on top.room_id = l.id
     where r.id = l.id
  ), marked as (${insertMark(
    'receipts',
    `select l.id as room_id, l.read_seq + 1 as first, l.read_seq + max(a.step) as last
       from locked l join advancing a on a.room_id = l.id group by l.id, l.read_seq`,
  )}
  ), moved as (
    insert into read_positions (room_id, user_id, seq, read_at, delivered_seq, changed_seq, threads_seq)
    select a.room_id, a.user_id, coalesce(a.read_to, 0),
           case when a.read_to is not null then :now::timestamptz end,
           coalesce(greatest(a.read_to, a.delivered_to), 0), l.read_seq + a.step,
           case when a.threads_to is distinct from a.read_to then coalesce(a.threads_to, 0) end
      from advancing a join locked l on l.id = a.room_id order by a.room_id, a.user_id
    on conflict (room_id, user_id) do update
      set seq = greatest(read_positions.seq, excluded.seq),
          read_at = case when read_positions.read_at is null or read_positions.seq < excluded.seq
                         then excluded.read_at else read_positions.read_at end,
          delivered_seq = greatest(read_positions.delivered_seq, excluded.delivered_seq),
          changed_seq = excluded.changed_seq,
          threads_seq = case when read_positions.threads_seq is not null or excluded.threads_seq is not null
                             then greatest(read_positions.threads_seq, excluded.threads_seq,
                                           case when read_positions.threads_seq is null
                                                then read_positions.seq end,
                                           case when excluded.threads_seq is null then excluded.seq end) end
    returning room_id, user_id, seq, read_at, delivered_seq, threads_seq
  )
  select a.n, a.op, a.threads, a.room_id, a.user_id, coalesce(v.threads_seq, p.threads_seq) as threads_seq,
         case a.op when 'read' then coalesce(v.seq, p.seq)
                   else coalesce(v.delivered_seq, p.delivered_seq, 0) end as seq,
         coalesce(v.read_at, p.read_at) as read_at,
         case a.op when 'read' then c.reads else c.delivers end as moved
    from asked a
    join compared c on c.room_id = a.room_id and c.user_id = a.user_id
    left join moved v on v.room_id = a.room_id and v.user_id = a.user_id
    left join read_positions p on p.room_id = a.room_id and p.user_id = a.user_id
   where a.seq is not null`;

// Members' read and delivery positions, which only advance.

/**
 * Advances positions. Returns, in the order of `asked`, the current position and whether it
 * moved; undefined if the message does not exist.
 */
export async function movePositions(
  db: Queryable,
  asked: readonly AskedAdvance[],
  now: Date,
  mark: Mark | undefined,
): Promise<(Advanced | undefined)[]> {
  const rooms = asked.map((one) => one.roomId);
  const { rows } = await db.raw<{
    rows: (PositionRow & {
      n: number;
      op: AskedAdvance['op'];
      threads: string;
      threads_seq: number | null;
      moved: boolean;
    })[];
  }>(advanceStatement, {
    now,
    ops: asked.map((one) => one.op),
    threads: asked.map((one) => one.threads ?? ''),
    rooms,
    users: asked.map((one) => one.userId),
    messages: asked.map((one) => one.messageId),
    ...markValues(mark, rooms),
  });
  const answers: (Advanced | undefined)[] = asked.map(() => undefined);
  for (const { n, op, threads, threads_seq, moved, ...row } of rows) {
    const { room_id: roomId, user_id: userId, seq } = row;
    const inThreads = op === 'read' && threads_seq !== null ? inAllThreads(threads_seq) : undefined;
    const answer: Advanced['answer'] =
      op === 'deliver'
        ? { op, position: { roomId, userId, seq } }
        : threads === 'only'
          ? { op: 'thread', position: inThreads ?? inAllThreads(seq) }
          : { op, position: toPosition(row) };
    answers[n - 1] = { answer, moved, inThreads };
  }
  return answers;
}

/** The position in all threads of a room. */
export const inAllThreads = (seq: number): ThreadPosition => ({
  threadRootSeq: 0,
  seq,
  threadsSeq: 0,
  following: null,
});

/**
 * The members of each room who decide the status of its messages: the furthest behind in reading,
 * the furthest behind in delivery, and the earliest to join. Two of each, since a message's own
 * sender does not count. After a block in a direct room, neither user counts.
 */
export async function furthestBehind(
  db: Queryable,
  roomIds: readonly string[],
): Promise<Map<string, Recipient[]>> {
  const { rows } = await db.raw<{
    rows: {
      room_id: string;
      user_id: string;
      joined_seq: number;
      read_seq: number;
      delivered_seq: number;
    }[];
  }>(
    `with people as (
       select m.room_id, m.user_id, m.joined_seq, greatest(m.joined_seq, p.seq) as read_seq,
              greatest(m.joined_seq, p.delivered_seq) as delivered_seq
         from members m left join read_positions p on p.room_id = m.room_id and p.user_id = m.user_id
        where m.room_id = any(:roomIds::uuid[]) and m.active and m.can_send
     ), ranked as (
       select *, row_number() over (partition by room_id order by read_seq) as by_read,
              row_number() over (partition by room_id order by delivered_seq) as by_delivery,
              row_number() over (partition by room_id order by joined_seq) as by_join
         from people
     )
     select room_id, user_id, joined_seq, read_seq, delivered_seq
       from ranked where by_read <= 2 or by_delivery <= 2 or by_join <= 2`,
    { roomIds },
  );
  const found = new Map<string, Recipient[]>();
  for (const row of rows) {
    const { user_id: userId, joined_seq: joinedSeq, read_seq: readSeq, delivered_seq: deliveredSeq } = row;
    found.set(row.room_id, [...(found.get(row.room_id) ?? []), { userId, joinedSeq, readSeq, deliveredSeq }]);
  }
  return found;
}

/** The positions that a member sees. A block in a direct room hides the other's. */
export async function readPositions(
  db: Queryable,
  roomId: string,
  userId: string,
  limit: number,
): Promise<ReadPosition[]> {
  const rows = await db('read_positions as p')
    .join('members as m', (on) => on.on('m.room_id', 'p.room_id').andOn('m.user_id', 'p.user_id'))
    .where({ 'p.room_id': roomId, 'm.active': true })
    .where((visible) => visible.where('m.can_send', true).orWhere('m.user_id', userId))
    .whereNotNull('p.read_at')
    .orderBy('p.seq', 'desc')
    .limit(limit)
    .select('p.room_id', 'p.user_id', 'p.seq', 'p.read_at');
  return rows.map(toPosition);
}

/** The `seq` that each of these members has read up to, at least the one at which they joined. */
export async function positionsOf(
  db: Queryable,
  roomId: string,
  userIds: readonly string[],
): Promise<{ userId: string; seq: number }[]> {
  const rows: { user_id: string; seq: number }[] = await db('members as m')
    .leftJoin('read_positions as p', (on) => on.on('m.room_id', 'p.room_id').andOn('m.user_id', 'p.user_id'))
    .where({ 'm.room_id': roomId, 'm.active': true })
    .whereRaw('m.user_id = any(:userIds)', { userIds })
    .select('m.user_id', db.raw('greatest(m.joined_seq, p.seq) as seq'));
  return rows.map(({ user_id: userId, seq }) => ({ userId, seq }));
}

interface PositionRow {
  room_id: string;
  user_id: string;
  seq: number;
  read_at: Date;
}

const toPosition = (row: PositionRow): ReadPosition => ({
  roomId: row.room_id,
  userId: row.user_id,
  seq: row.seq,
  readAt: row.read_at.toISOString(),
});

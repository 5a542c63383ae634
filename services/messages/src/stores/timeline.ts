import { prepared, type Queryable } from '@parley/database';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

// The timelines: the rows of every room, numbered without gaps.

/** Locks the room against other changes until the transaction ends. */
export async function lockRoom(trx: Queryable, roomId: string): Promise<void> {
  await trx('rooms').where({ id: roomId }).forUpdate().select('id');
}

export async function findMessage(
  db: Queryable,
  roomId: string,
  messageId: string,
): Promise<TimelineRow | undefined> {
  const row = await db('timeline')
    .where({ room_id: roomId, id: messageId, kind: 'message' })
    .first<StoredRow>(timelineColumns);
  return row && toRow(row);
}

/** Messages by their number, including deleted ones. */
export async function findMessages(
  db: Queryable,
  asked: readonly { roomId: string; seq: number }[],
): Promise<TimelineRow[]> {
  const rows = await db('timeline')
    .where({ kind: 'message' })
    .whereRaw('(room_id, seq) in (select * from unnest(:rooms::uuid[], :seqs::bigint[]))', {
      rooms: asked.map(({ roomId }) => roomId),
      seqs: asked.map(({ seq }) => seq),
    })
    .select<StoredRow[]>(timelineColumns);
  return rows.map(toRow);
}

/** The room of a message, for callers that know only the message's id. */
export async function findRoomId(db: Queryable, messageId: string): Promise<string | null> {
  const row = await db('timeline').where({ id: messageId, kind: 'message' }).first('room_id');
  return row?.room_id ?? null;
}

/** Excludes replies that are only in their thread. */
export const inRoom = 'and (thread_root_seq is null or also_in_room)';
const conditions = {
  all: '',
  present: 'and deleted_at is null and seq > (select expired_seq from rooms where id = $1)',
  inRoom,
};
const pageOf = (name: string, order: 'asc' | 'desc', condition: string) =>
  prepared<StoredRow>(
    name,
    `select ${timelineColumns.join(', ')} from timeline
      where room_id = $1 and kind = 'message' and seq > $2 and seq < $3 ${condition}
      order by seq ${order} limit (select $4::int) offset (select $5::int)`,
  );
const pagesFrom = (name: string, order: 'asc' | 'desc') => ({
  all: pageOf(name, order, conditions.all),
  present: pageOf(`${name}-present`, order, conditions.present),
  inRoom: pageOf(`${name}-in-room`, order, conditions.inRoom),
});
const pages = { newest: pagesFrom('newest', 'desc'), oldest: pagesFrom('oldest', 'asc') };

/** Messages with `after < seq < before`, oldest first: the `limit` that are nearest to `from`. */
export async function pageMessages(
  db: Queryable,
  roomId: string,
  window: {
    before?: number | undefined;
    after?: number | undefined;
    limit: number;
    offset?: number;
    from: 'newest' | 'oldest';
    /** Absent: all messages. */
    only?: 'present' | 'inRoom' | undefined;
  },
): Promise<TimelineRow[]> {
  const { from, after = 0, before = Number.MAX_SAFE_INTEGER, limit, offset = 0 } = window;
  const page = pages[from][window.only ?? 'all'];
  const rows = (await page(db, roomId, after, before, limit, offset)).map(toRow);
  return from === 'newest' ? rows.reverse() : rows;
}

/** The latest message of each room that is not deleted, if there is one. */
export async function latestMessages(db: Queryable, roomIds: readonly string[]): Promise<TimelineRow[]> {
  const { rows } = await db.raw<{ rows: StoredRow[] }>(
    `select latest.* from rooms r cross join lateral (
       select ${timelineColumns.join(', ')} from timeline t
        where t.room_id = r.id and t.seq > r.expired_seq and t.kind = 'message' and t.deleted_at is null
        order by t.seq desc limit 1
     ) latest
      where r.id = any(:roomIds)`,
    { roomIds },
  );
  return rows.map(toRow);
}

/** The latest rows of all rooms, oldest first. */
export async function latestRows(db: Queryable, limit: number): Promise<TimelineRow[]> {
  // Ids grow with time.
  const rows = await db('timeline').orderBy('id', 'desc').limit(limit).select<StoredRow[]>(timelineColumns);
  return rows.map(toRow).reverse();
}

/**
 * The `seq` of the message of that millisecond whose `seq` ends in `digits` (below `modulus`).
 * Looks candidates up by their keys.
 */
export async function seqAt(
  db: Queryable,
  roomId: string,
  { time, digits, modulus }: { time: Date; digits: number; modulus: number },
): Promise<number | undefined> {
  const { rows } = await db.raw<{ rows: { seq: number }[] }>(
    `select t.seq from timeline t
      where t.room_id = :roomId and t.created_at = :time and t.seq = any(array(
        select generate_series(:digits::bigint, r.seq, :modulus) from rooms r where r.id = :roomId))
      order by t.seq limit 1`,
    { roomId, time, digits, modulus },
  );
  return rows[0]?.seq;
}

/** A lower bound for the `seq` of rows created at `time` or later. Searches from the newest. */
export async function firstSeqSince(db: Queryable, roomId: string, time: Date): Promise<number> {
  const last = await db('timeline')
    .where({ room_id: roomId })
    .where('created_at', '<', time)
    .orderBy('seq', 'desc')
    .first('seq');
  return (last?.seq ?? 0) + 1;
}

/**
 * The last `seq` of each room that was created before `time`; 0 if there is none. Searches from the
 * newest.
 */
export async function headsBefore(
  db: Queryable,
  roomIds: readonly string[],
  time: Date,
): Promise<{ roomId: string; seq: number }[]> {
  const { rows } = await db.raw<{ rows: { roomId: string; seq: number }[] }>(
    `select asked.id as "roomId", coalesce(earlier.seq, 0) as seq
       from unnest(:roomIds::uuid[]) as asked (id)
       left join lateral (
         select t.seq from timeline t
          where t.room_id = asked.id and t.created_at < :time
          order by t.seq desc limit 1
       ) earlier on true`,
    { roomIds, time },
  );
  return rows;
}

const selectChanged = prepared<StoredRow>(
  'changed-rows',
  `select changed.*
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::int[]))
            with ordinality as asked (room_id, after, take, n)
     cross join lateral (
       select ${timelineColumns.join(', ')} from timeline t
        where t.room_id = asked.room_id and t.changed_seq > asked.after
        order by t.changed_seq limit asked.take
     ) changed
    order by asked.n, changed.changed_seq`,
);

/**
 * Rows whose last change came after `after`, in the order of that change, in their current state:
 * at most `take` of each room, rooms in the order of `asked`.
 */
export async function rowsChangedAfter(
  db: Queryable,
  asked: readonly { roomId: string; after: number; take: number }[],
): Promise<TimelineRow[]> {
  if (asked.length === 0) return [];
  const rows = await selectChanged(
    db,
    asked.map((one) => one.roomId),
    asked.map((one) => one.after),
    asked.map((one) => one.take),
  );
  return rows.map(toRow);
}

const selectPlaced = prepared<StoredRow>(
  'placed-rows',
  `select placed.*
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::int[]))
            with ordinality as asked (room_id, after, take, n)
     cross join lateral (
       with created as (
         select ${timelineColumns.join(', ')} from timeline t
          where t.room_id = asked.room_id and t.seq > asked.after
          order by t.seq limit asked.take
       ), changed as (
         select ${timelineColumns.join(', ')} from timeline t
          where t.room_id = asked.room_id and t.seq <= asked.after and t.changed_seq > asked.after
            and t.changed_seq <= (select case when count(*) < asked.take then ${Number.MAX_SAFE_INTEGER}
                                              else max(seq) end from created)
          order by t.changed_seq limit asked.take
       )
       select *, seq as place from created
       union all
       select *, changed_seq as place from changed
       order by place limit asked.take
     ) placed
    order by asked.n, placed.place`,
);

/**
 * As `rowsChangedAfter`, but rows created after `after` are in the place of their creation,
 * wherever their last change is. Rows changed beyond the last of `take` creations are not visited,
 * so a page costs the same however much follows.
 */
export async function rowsPlacedAfter(
  db: Queryable,
  asked: readonly { roomId: string; after: number; take: number }[],
): Promise<TimelineRow[]> {
  if (asked.length === 0) return [];
  const rows = await selectPlaced(
    db,
    asked.map((one) => one.roomId),
    asked.map((one) => one.after),
    asked.map((one) => one.take),
  );
  return rows.map(toRow);
}

/** Rows created or last changed within `afterSeq < … <= upToSeq`. */
export async function rowsTouchedWithin(
  db: Queryable,
  roomId: string,
  afterSeq: number,
  upToSeq: number,
): Promise<TimelineRow[]> {
  const rows = await db('timeline')
    .where({ room_id: roomId })
    .where((either) => {
      either
        .where((created) => created.where('seq', '>', afterSeq).where('seq', '<=', upToSeq))
        .orWhere((changed) =>
          changed.where('changed_seq', '>', afterSeq).where('changed_seq', '<=', upToSeq),
        );
    })
    .select<StoredRow[]>(timelineColumns);
  return rows.map(toRow);
}

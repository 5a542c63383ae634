import type { ReactionCount } from '@parley/contracts';
import { prepared, type Queryable } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { insertMark, markValues } from './marks.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

// The timelines: the rows of every room, numbered without gaps.

/**
 * Takes the room's next number for a change and marks it; the room stays locked until the
 * transaction ends.
 */
export async function nextSeq(trx: Queryable, roomId: string, mark: Mark | undefined): Promise<number> {
  const { rows } = await trx.raw<{ rows: { seq: number }[] }>(
    `with numbered as (
       update rooms set seq = seq + 1 where id = :roomId returning id, seq
     ), marked as (${insertMark('timeline', 'select id as room_id, seq as first, seq as last from numbered')}
     )
     select seq from numbered`,
    { roomId, ...markValues(mark, [roomId]) },
  );
  const [row] = rows;
  if (!row) throw new Error(`room ${roomId} has no row`);
  return row.seq;
}

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

export async function updateMessage(
  trx: Queryable,
  row: TimelineRow,
  change: { seq: number; content?: string; editedAt?: Date; deletedAt?: Date; reactions?: ReactionCount[] },
): Promise<TimelineRow> {
  const [updated] = await trx('timeline')
    .where({ room_id: row.roomId, seq: row.seq })
    .update({
      changed_seq: change.seq,
      ...(change.content !== undefined && { content: change.content }),
      ...(change.editedAt && { edited_at: change.editedAt }),
      ...(change.deletedAt && { deleted_at: change.deletedAt }),
      ...(change.reactions && { reactions: JSON.stringify(change.reactions) }),
    })
    .returning<StoredRow[]>(timelineColumns);
  if (!updated) throw new Error(`message ${row.id} has no row`);
  return toRow(updated);
}

const present = 'and deleted_at is null and seq > (select expired_seq from rooms where id = $1)';
const pageOf = (name: string, order: 'asc' | 'desc', withoutDeleted: boolean) =>
  prepared<StoredRow>(
    name,
    `select ${timelineColumns.join(', ')} from timeline
      where room_id = $1 and kind = 'message' and seq > $2 and seq < $3
        ${withoutDeleted ? present : ''}
      order by seq ${order} limit (select $4::int) offset (select $5::int)`,
  );
const pages = {
  newest: { all: pageOf('newest', 'desc', false), present: pageOf('newest-present', 'desc', true) },
  oldest: { all: pageOf('oldest', 'asc', false), present: pageOf('oldest-present', 'asc', true) },
};

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
    withoutDeleted?: boolean;
  },
): Promise<TimelineRow[]> {
  const { from, after = 0, before = Number.MAX_SAFE_INTEGER, limit, offset = 0 } = window;
  const page = pages[from][window.withoutDeleted ? 'present' : 'all'];
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

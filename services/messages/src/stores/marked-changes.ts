import { prepared, type Queryable } from '@parley/database';
import type { MarkedRange } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

// The current state of what marked ranges of numbers cover.

/** The two users of a direct room, else null. */
const people = `case when r.kind = 'direct'
                then (select array_agg(d.user_id) from members d where d.room_id = r.id) end as people`;

const selectRows = prepared<StoredRow & { people: string[] | null }>(
  'marked-rows',
  `select marked.*, ${people}
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::bigint[]))
            as asked (room_id, first, last)
     join rooms r on r.id = asked.room_id
    cross join lateral (
      select ${timelineColumns.join(', ')} from timeline t
       where t.room_id = asked.room_id and t.changed_seq >= asked.first
         and (t.changed_seq <= asked.last or t.seq between asked.first and asked.last)
    ) marked`,
);

/** Rows that were created or last changed within the ranges. */
export async function markedRows(
  db: Queryable,
  ranges: readonly MarkedRange[],
): Promise<{ row: TimelineRow; people: string[] | null }[]> {
  if (ranges.length === 0) return [];
  const rows = await selectRows(db, ...columnsOf(ranges));
  return rows.map((row) => ({ row: toRow(row), people: row.people }));
}

/** A member's positions. */
export interface MarkedPosition {
  roomId: string;
  userId: string;
  username: string;
  canSend: boolean;
  people: string[] | null;
  seq: number;
  readAt: Date | null;
  deliveredSeq: number;
}

const selectPositions = prepared<MarkedPosition>(
  'marked-positions',
  `select p.room_id as "roomId", p.user_id as "userId", m.username, m.can_send as "canSend", ${people},
          p.seq, p.read_at as "readAt", p.delivered_seq as "deliveredSeq"
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::bigint[]))
            as asked (room_id, first, last)
     join rooms r on r.id = asked.room_id
     join read_positions p on p.room_id = asked.room_id and p.changed_seq >= asked.first
     join members m on m.room_id = p.room_id and m.user_id = p.user_id
    order by p.room_id, p.changed_seq`,
);

/**
 * Positions that have changed since the ranges began. A rejoin or an unblock changes one again
 * without a mark, so its last change may lie beyond the range.
 */
export async function markedPositions(
  db: Queryable,
  ranges: readonly MarkedRange[],
): Promise<MarkedPosition[]> {
  return ranges.length === 0 ? [] : selectPositions(db, ...columnsOf(ranges));
}

const columnsOf = (ranges: readonly MarkedRange[]) => [
  ranges.map(({ roomId }) => roomId),
  ranges.map(({ first }) => first),
  ranges.map(({ last }) => last),
];

import type { Queryable } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { insertMark, markValues } from './marks.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

/** Selects messages of one room: a condition on rows of `timeline t` and its named values. */
interface Chosen {
  where: string;
  values: Record<string, string | number | Date | null> & { roomId: string };
}

/** Deletes a message's content and keeps its number. Uses the named value `deletedAt`. */
export const tombstone =
  "content = '', reactions = '[]', mentions = null, deleted_at = coalesce(t.deleted_at, :deletedAt)";
/** Removes a message's pin. */
export const unpinned = 'pinned_at = null, pinned_by = null';

const ofRoom = ({ where }: Chosen) => `t.room_id = :roomId and t.kind = 'message' and ${where}`;

/**
 * Changes messages together; each takes the next number of its room, in order, and is marked. The
 * room must be locked. Returns the number of changed messages.
 */
export async function changeMessages(
  trx: Queryable,
  chosen: Chosen,
  set: string,
  mark: Mark | undefined,
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `with chosen as (
       select t.seq, row_number() over (order by t.seq) as n from timeline t where ${ofRoom(chosen)}
     ), counted as (
       update rooms set seq = rooms.seq + (select count(*) from chosen)
        where id = :roomId and exists (select from chosen)
       returning id, seq
     ), marked as (${insertMark(
       'timeline',
       'select id as room_id, seq - (select count(*) from chosen) + 1 as first, seq as last from counted',
     )}
     )
     update timeline t set changed_seq = (select r.seq from rooms r where r.id = :roomId) + chosen.n, ${set}
       from chosen where t.room_id = :roomId and t.seq = chosen.seq`,
    { ...chosen.values, ...markValues(mark, [chosen.values.roomId]) },
  );
  return rowCount;
}

/** In the order of their last changes. */
export async function readMessages(db: Queryable, chosen: Chosen): Promise<TimelineRow[]> {
  const { rows } = await db.raw<{ rows: StoredRow[] }>(
    `select ${timelineColumns.join(', ')} from timeline t where ${ofRoom(chosen)} order by changed_seq`,
    chosen.values,
  );
  return rows.map(toRow);
}

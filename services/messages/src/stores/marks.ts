import { prepared, type Queryable } from '@parley/database';
import type { Mark, MarkedChanges } from '../domain/mark.ts';

// Marks of changes that `timeline` has not confirmed. Each transaction that numbers changes writes
// one with them, so a mark exists exactly as long as its changes may be missing from `timeline`.

/**
 * Inserts the mark within a statement that numbers changes. Without a mark, nothing is inserted.
 * The subquery hides its value from the planner, so that one plan serves both.
 * @param ranges a query of `room_id`, `first` and `last`
 */
export const insertMark = (kind: MarkedChanges['kind'], ranges: string): string => `
  insert into unconfirmed_changes (batch, writer, partition, kind, rooms, firsts, lasts)
  select :batch::uuid, :writer::uuid, :partition::int, '${kind}',
         array_agg(room_id), array_agg(first), array_agg(last)
    from (${ranges}) ranges
  having (select :batch::uuid) is not null and count(*) > 0`;

/** The named values of `insertMark`. */
export const markValues = (mark: Mark | undefined): Record<keyof Mark, string | number | null> => ({
  batch: mark?.batch ?? null,
  writer: mark?.writer ?? null,
  partition: mark?.partition ?? null,
});

interface MarkRow {
  xid: string;
  partition: number;
  kind: MarkedChanges['kind'];
  rooms: string[];
  firsts: number[];
  lasts: number[];
}

const columns = 'xid::text, partition, kind, rooms, firsts, lasts';

const selectNew = prepared<{ horizon: string; marks: MarkRow[] }>(
  'new-marks',
  `select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
          (select coalesce(json_agg(found), '[]') from (
             select ${columns} from unconfirmed_changes
              where partition = $1 and xid >= $2::text::xid8 and writer <> $3
           ) found) as marks`,
);

/** Every mark: no transaction precedes it. */
export const firstHorizon = '0';

/**
 * The marks of other writers in a partition that were committed after the call that answered
 * `horizon`. Some may be older: all transactions before a horizon had ended when it was answered.
 */
export async function findNewMarks(
  db: Queryable,
  { partition, writer }: Omit<Mark, 'batch'>,
  horizon: string,
): Promise<{ marks: MarkedChanges[]; horizon: string }> {
  const [found] = await selectNew(db, partition, horizon, writer);
  if (!found) throw new Error('the query for marks has no answer');
  return { marks: found.marks.map(toMarked), horizon: found.horizon };
}

/** All marks in a partition. */
export async function findAllMarks(db: Queryable, partition: number): Promise<MarkedChanges[]> {
  const { rows } = await db.raw<{ rows: MarkRow[] }>(
    `select ${columns} from unconfirmed_changes where partition = :partition`,
    { partition },
  );
  return rows.map(toMarked);
}

/** Other writers' marks in all partitions that are at least so old. */
export async function findMarks(
  db: Queryable,
  { writer, ageMs, limit }: { writer: string; ageMs: number; limit: number },
): Promise<MarkedChanges[]> {
  const { rows } = await db.raw<{ rows: MarkRow[] }>(
    `select ${columns} from unconfirmed_changes
      where writer <> :writer and noted_at <= now() - :ageMs * interval '1 ms'
      order by unconfirmed_changes.xid limit :limit`,
    { writer, ageMs, limit },
  );
  return rows.map(toMarked);
}

/** Deletes the marks of this process's batches, and marks of other writers. */
export async function deleteMarks(
  db: Queryable,
  batches: readonly string[],
  others: readonly MarkedChanges[],
): Promise<void> {
  if (batches.length > 0)
    await db.raw('delete from unconfirmed_changes where batch = any(:batches::uuid[])', { batches });
  if (others.length > 0)
    await db.raw(
      `delete from unconfirmed_changes m using unnest(:partitions::int[], :xids::text[]) as o (partition, xid)
        where m.partition = o.partition and m.xid = o.xid::xid8`,
      { partitions: others.map(({ partition }) => partition), xids: others.map(({ xid }) => xid) },
    );
}

const toMarked = ({ xid, partition, kind, rooms, firsts, lasts }: MarkRow): MarkedChanges => ({
  xid,
  partition,
  kind,
  ranges: rooms.map((roomId, index) => ({ roomId, first: firsts[index] ?? 0, last: lasts[index] ?? 0 })),
});

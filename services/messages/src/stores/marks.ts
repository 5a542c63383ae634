import { prepared, type Queryable } from '@parley/database';
import type { Mark, MarkedChanges } from '../domain/mark.ts';

// Marks of changes that `timeline` has not confirmed. Each transaction that numbers changes writes
// one per partition with them, so a mark exists exactly as long as its changes may be missing from
// `timeline`.

type MarkParameters = readonly [writer: string, rooms: string, parts: string, partitions: string];
type MarkValues = readonly [
  writer: string | null,
  rooms: string[] | null,
  parts: string[] | null,
  partitions: number[] | null,
];

const named: MarkParameters = [':markWriter', ':markRooms', ':markParts', ':markPartitions'];

/**
 * Inserts the marks within a statement that numbers changes. Without a mark, nothing is inserted.
 * The subqueries hide the values from the planner, so that one plan serves both.
 * @param ranges a query of `room_id`, `first` and `last`
 * @param parameters for the values of `markList`. @default the names in `markValues`
 */
export const insertMark = (
  kind: MarkedChanges['kind'],
  ranges: string,
  [writer, rooms, parts, partitions]: MarkParameters = named,
): string => `
  insert into unconfirmed_changes (batch, writer, partition, kind, rooms, firsts, lasts)
  select p.batch, ${writer}::uuid, p.partition, '${kind}',
         array_agg(ranges.room_id), array_agg(ranges.first), array_agg(ranges.last)
    from (${ranges}) ranges
    join unnest((select ${rooms}::uuid[]), (select ${parts}::uuid[]), (select ${partitions}::int[]))
           as p (room_id, batch, partition) on p.room_id = ranges.room_id
   group by p.batch, p.partition`;

/**
 * The values of `insertMark`, in the order of its parameters.
 * @param roomIds all rooms that the statement may change
 */
export function markList(mark: Mark | undefined, roomIds: readonly string[]): MarkValues {
  if (!mark) return [null, null, null, null];
  const rooms = [...new Set(roomIds)].flatMap((roomId) => {
    const partition = mark.rooms.get(roomId);
    const part = partition === undefined ? undefined : mark.parts.get(partition);
    return partition === undefined || part === undefined ? [] : [{ roomId, partition, part }];
  });
  return [
    mark.writer,
    rooms.map(({ roomId }) => roomId),
    rooms.map(({ part }) => part),
    rooms.map(({ partition }) => partition),
  ];
}

/** The same values by name. */
export function markValues(
  mark: Mark | undefined,
  roomIds: readonly string[],
): Record<'markWriter', MarkValues[0]> &
  Record<'markRooms' | 'markParts', MarkValues[1]> &
  Record<'markPartitions', MarkValues[3]> {
  const [markWriter, markRooms, markParts, markPartitions] = markList(mark, roomIds);
  return { markWriter, markRooms, markParts, markPartitions };
}

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
             select ${columns} from unnest((select $1::int[]), (select $2::text[])) as since (part, horizon)
              cross join lateral (
                select * from unconfirmed_changes
                 where partition = since.part and xid >= since.horizon::xid8 and writer <> $3
              ) marked
           ) found) as marks`,
);

/** Every mark: no transaction precedes it. */
export const firstHorizon = '0';

/**
 * The marks of other writers in partitions that were committed after the call that answered the
 * partition's horizon. Some may be older: all transactions before a horizon had ended when it was
 * answered.
 */
export async function findNewMarks(
  db: Queryable,
  writer: string,
  horizons: ReadonlyMap<number, string>,
): Promise<{ marks: MarkedChanges[]; horizon: string }> {
  const [found] = await selectNew(db, [...horizons.keys()], [...horizons.values()], writer);
  if (!found) throw new Error('the query for marks has no answer');
  return { marks: found.marks.map(toMarked), horizon: found.horizon };
}

/** All marks in partitions. */
export async function findAllMarks(db: Queryable, partitions: readonly number[]): Promise<MarkedChanges[]> {
  const { rows } = await db.raw<{ rows: MarkRow[] }>(
    `select ${columns} from unconfirmed_changes where partition = any(:partitions)`,
    { partitions },
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

const deleteParts = prepared<never>(
  'delete-marks',
  'delete from unconfirmed_changes where batch = any((select $1::uuid[])::uuid[])',
);

/** Deletes the marks of parts of this process's batches, and marks of other writers. */
export async function deleteMarks(
  db: Queryable,
  parts: readonly string[],
  others: readonly MarkedChanges[],
): Promise<void> {
  if (parts.length > 0) await deleteParts(db, parts);
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

import { type Database, isUniqueViolation, prepared } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import { appendNew } from './append-new.ts';
import { insertMark, markList } from './marks.ts';
import { insertMentions } from './mentions.ts';
import {
  type Appended,
  derivedColumns,
  entriesAsTable,
  type Features,
  featuresOf,
  insertedColumns,
  isAdmitted,
  joinThread,
  type NewEntry,
  perFeatures,
  storedAs,
  toJson,
} from './new-entry.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

const noSuchThread = 'i.thread_root is not null and i.root_seq is null';

/** The columns of a new row that the caller does not know. */
const numbers = ({ threads }: Features) =>
  timelineColumns.map((name) => {
    if (name === 'seq') return name;
    return name === 'thread_root_seq' && threads ? 'root_seq as thread_root_seq' : `null as ${name}`;
  });

/**
 * One statement for a whole batch. It
 * - drops messages of users who may not write, and rows already stored (before numbering, so that
 *   numbers have no gaps). A submission that was stored and is submitted again is found even if its
 *   sender has left since;
 * - locks the rooms in id order, so batches of several writers cannot deadlock;
 * - takes the next numbers of each room, inserts the rows and marks them;
 * - records the `seq` of each join. A returning member has their position again, so it counts as
 *   changed.
 *
 * `lateral … limit 1` keeps its plan to index lookups, where a join over tables without statistics
 * would read whole rooms. Batches without replies, threads, joins or mentions omit those parts,
 * which cost time even when they find nothing. The statement returns only the numbers of a stored
 * row, since the caller knows the rest.
 */
const appendStatement = ({ joins, ...features }: Features & { joins: boolean }) => `
  with input as (
    select t.*, ${isAdmitted} as admitted, ${derivedColumns(features)}
      from ${entriesAsTable('$1', features)}
      join rooms r on r.id = t.room_id
      left join members w on w.room_id = t.room_id and w.user_id = t.sender_id
      ${joinThread(features)}
  ), known as (
    select i.n, i.people, i.fingerprint is not distinct from m.fingerprint as same, m.*
      from input i cross join lateral (
        (select * from timeline t
          where t.room_id = i.room_id and t.sender_id = i.sender_id and t.client_key = i.client_key
          limit 1)
        union all
        (select * from timeline t where i.client_key is null and t.room_id = i.room_id and t.id = i.id
          limit 1)
      ) m
     where i.admitted or m.id = i.id
  ), dangling as (
    ${
      features.replies
        ? `select i.n, ${features.threads ? noSuchThread : 'false'} as is_thread
             from input i left join lateral (
             select true as found from timeline r
              where r.room_id = i.room_id and r.id = i.reply_to and r.kind = 'message'
              limit 1
           ) answered on true
           where i.reply_to is not null and answered.found is null${
             features.threads ? ` or ${noSuchThread}` : ''
           }`
        : 'select null::int as n, null::boolean as is_thread where false'
    }
  ), fresh as (
    select i.* from input i
     where i.admitted and i.allowed
       and i.n not in (select n from known) and i.n not in (select n from dangling)
  ), locked as (
    select id, seq, read_seq from rooms where id in (select room_id from fresh) order by id for update
  ), numbered as (
    select f.*, l.seq + row_number() over each_room as seq,
           l.read_seq + count(*) filter (where f.kind = 'joined') over each_room as read_seq
      from fresh f join locked l on l.id = f.room_id
    window each_room as (partition by f.room_id order by f.n)
  ), counted as (
    update rooms r set seq = top.seq, read_seq = top.read_seq
      from (select room_id, max(seq) as seq, max(read_seq) as read_seq from numbered group by room_id) top
     where r.id = top.room_id
  ), inserted as (
    insert into timeline (${insertedColumns(features).names}, seq, changed_seq, fingerprint, created_at)
    select ${insertedColumns(features).values}, seq, seq, fingerprint, $2::timestamptz from numbered
  ), marked as (${insertMark(
    'timeline',
    'select room_id, min(seq) as first, max(seq) as last from numbered group by room_id',
    ['$3', '$4', '$5', '$6'],
  )}
  )${
    joins
      ? `, joined as (
    update members m set joined_seq = f.seq
      from numbered f where f.kind = 'joined' and m.room_id = f.room_id and m.user_id = f.sender_id
  ), returned as (
    update read_positions p set changed_seq = f.read_seq
      from numbered f where f.kind = 'joined' and p.room_id = f.room_id and p.user_id = f.sender_id
  )`
      : ''
  }${features.mentions ? `, mentioned as (${insertMentions(features)})` : ''}
  select n, 'stored' as outcome, people, ${numbers(features).join(', ')} from numbered
  union all
  select n, case when same then 'repeated' else 'conflict' end, people, ${timelineColumns.join(', ')}
    from known
  union all
  select n, coalesce((select case when d.is_thread then 'no_such_thread' else 'no_such_reply' end
                        from dangling d where d.n = input.n), 'over_rate'),
         null, ${timelineColumns.map(() => 'null').join(', ')}
    from input
   where admitted and n not in (select n from known) and (not allowed or n in (select n from dangling))`;

interface AnswerRow extends StoredRow {
  n: number;
  outcome: Exclude<Appended['outcome'], 'not_admitted' | 'state_changed'>;
  people: string[] | null;
}

/** By what a batch has; each variant has its own plan. */
const variantFor = perFeatures('append', (name, features: Features & { joins: boolean }) =>
  prepared<AnswerRow>(name, appendStatement(features), { doublings: 1 }),
);
const isJoin = ({ kind }: NewEntry) => kind === 'joined';

const maxAttempts = 3;

/**
 * Appends entries in order and returns the outcome of each. A call must not contain two entries of
 * one room, sender and key, or of one id without a key.
 *
 * Usually all of them are new and admitted, and a cheaper statement stores them. It leaves the
 * others to the complete one.
 * @param options.expectNew false if some have probably been stored before. @default true
 */
export async function appendRows(
  db: Database,
  entries: readonly NewEntry[],
  now: Date,
  { mark, expectNew = true }: { mark?: Mark | undefined; expectNew?: boolean } = {},
): Promise<Appended[]> {
  if (entries.length === 0) return [];
  if (!expectNew || entries.some(isJoin)) return appendAny(db, entries, now, mark);
  const appended = await unlessStored(appendNew(db, entries, now, mark));
  const left = entries.filter((_, index) => appended?.[index] === undefined);
  const others = await appendAny(db, left, now, mark);
  return entries.map((_, index) => appended?.[index] ?? others.shift() ?? { outcome: 'not_admitted' });
}

/** Undefined if the work met a row that is already stored. */
async function unlessStored<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isUniqueViolation(error)) return undefined;
    throw error;
  }
}

/**
 * After a lost race with another writer of the room (possible only during a failover) the statement
 * runs again and finds the rows that the other stored.
 */
async function appendAny(
  db: Database,
  entries: readonly NewEntry[],
  now: Date,
  mark: Mark | undefined,
): Promise<Appended[]> {
  if (entries.length === 0) return [];
  for (let attempt = 1; ; attempt++) {
    try {
      return await appendOnce(db, entries, now, mark);
    } catch (error) {
      if (attempt === maxAttempts || !isUniqueViolation(error)) throw error;
    }
  }
}

async function appendOnce(
  db: Database,
  entries: readonly NewEntry[],
  now: Date,
  mark: Mark | undefined,
): Promise<Appended[]> {
  const rooms = entries.map(({ roomId }) => roomId);
  const rows = await variantFor({ ...featuresOf(entries), joins: entries.some(isJoin) })(
    db,
    toJson(entries),
    now,
    ...markList(mark, rooms),
  );
  const appended: Appended[] = entries.map(() => ({ outcome: 'not_admitted' }));
  for (const row of rows) {
    const { n, outcome, people, seq, thread_root_seq: threadRootSeq } = row;
    const entry = entries[n - 1];
    if (outcome === 'stored' && entry)
      appended[n - 1] = { outcome, row: storedAs(entry, { seq, threadRootSeq }, now), people };
    else if (outcome === 'repeated') appended[n - 1] = { outcome, row: toRow(row), people };
    else if (outcome !== 'stored') appended[n - 1] = { outcome };
  }
  return appended;
}

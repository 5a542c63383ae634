import { type Database, isUniqueViolation, plannedSeldom } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { insertMark, markValues } from './marks.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

/** The columns of a new row that the caller gives: property, name and type. */
const columns = [
  ['roomId', 'room_id', 'uuid'],
  ['id', 'id', 'uuid'],
  ['kind', 'kind', 'text'],
  ['senderId', 'sender_id', 'uuid'],
  ['senderName', 'sender_name', 'text'],
  ['clientKey', 'client_key', 'text'],
  ['content', 'content', 'text'],
  ['replyTo', 'reply_to', 'uuid'],
  ['isEncrypted', 'is_encrypted', 'boolean'],
  ['reason', 'reason', 'text'],
] as const;
const given = columns.map(([, name]) => name).join(', ');

/** A row to append to a timeline. */
export interface NewEntry extends Pick<TimelineRow, (typeof columns)[number][0]> {
  /** False: over the rate limit. Only a row already stored under the same key is returned. */
  allowed: boolean;
}

/** Outcome of appending an entry. */
export type Appended =
  /** `people`: the two users of a direct room, else null. */
  | { outcome: 'stored' | 'repeated'; row: TimelineRow; people: string[] | null }
  /** The key was used before with other content. */
  | { outcome: 'conflict' }
  /** The room does not have the message it replies to. */
  | { outcome: 'no_such_reply' }
  | { outcome: 'over_rate' }
  /** In the read model the room is missing or closed, or the sender may not write there. */
  | { outcome: 'not_admitted' };

const onlySeq = (name: string): string => (name === 'seq' ? name : `null as ${name}`);

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
 * The batch is one JSON parameter: its estimated size does not depend on its content, so one plan
 * serves all batches. `lateral … limit 1` keeps that plan to index lookups, where a join over
 * tables without statistics would read whole rooms. Batches without replies or joins omit those
 * parts, which cost time even when they find nothing. The statement returns only the number of a
 * stored row, since the caller knows the rest.
 */
const appendStatement = ({ replies, joins }: { replies: boolean; joins: boolean }) => `
  with input as (
    select t.*,
           case when r.kind = 'direct'
                then (select array_agg(p.user_id) from members p where p.room_id = r.id) end as people,
           t.kind <> 'message' or (r.closed_at is null and w.active and w.can_send) is true as admitted,
           case when t.client_key is not null
                then md5(concat_ws('|', t.reply_to, t.is_encrypted, t.content))::uuid end as fingerprint
      from json_to_recordset(:entries::json) as t (
             n int, ${columns.map(([, name, type]) => `${name} ${type}`).join(', ')}, allowed boolean)
      join rooms r on r.id = t.room_id
      left join members w on w.room_id = t.room_id and w.user_id = t.sender_id
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
      replies
        ? `select i.n from input i left join lateral (
             select true as found from timeline r
              where r.room_id = i.room_id and r.id = i.reply_to and r.kind = 'message'
              limit 1
           ) answered on true
           where i.reply_to is not null and answered.found is null`
        : 'select null::int as n where false'
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
    insert into timeline (${given}, seq, changed_seq, fingerprint, created_at)
    select ${given}, seq, seq, fingerprint, :now from numbered
  ), marked as (${insertMark(
    'timeline',
    'select room_id, min(seq) as first, max(seq) as last from numbered group by room_id',
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
  }
  select n, 'stored' as outcome, people, ${timelineColumns.map(onlySeq).join(', ')} from numbered
  union all
  select n, case when same then 'repeated' else 'conflict' end, people, ${timelineColumns.join(', ')}
    from known
  union all
  select n, case when n in (select n from dangling) then 'no_such_reply' else 'over_rate' end,
         null, ${timelineColumns.map(() => 'null').join(', ')}
    from input
   where admitted and n not in (select n from known) and (not allowed or n in (select n from dangling))`;

interface AnswerRow extends StoredRow {
  n: number;
  outcome: Exclude<Appended['outcome'], 'not_admitted'>;
  people: string[] | null;
}

const variant = (name: string, having: { replies: boolean; joins: boolean }) => ({
  text: appendStatement(having),
  planned: plannedSeldom(name),
});
/** Keyed by whether a batch has replies and joins; each variant has its own plan. */
const variants = {
  'false false': variant('append', { replies: false, joins: false }),
  'true false': variant('append-replies', { replies: true, joins: false }),
  'false true': variant('append-joins', { replies: false, joins: true }),
  'true true': variant('append-replies-joins', { replies: true, joins: true }),
};
const variantOf = (entries: readonly NewEntry[]) =>
  variants[
    `${entries.some(({ replyTo }) => replyTo !== null)} ${entries.some((entry) => entry.kind === 'joined')}`
  ];

const maxAttempts = 3;

/**
 * Appends entries in order and returns the outcome of each. A call must not contain two entries of
 * one room, sender and key, or of one id without a key. After a lost race with another writer of
 * the room (possible only during a failover) the statement runs again and finds the rows that the
 * other stored.
 */
export async function appendRows(
  db: Database,
  entries: readonly NewEntry[],
  now: Date,
  mark?: Mark,
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
  const { text, planned } = variantOf(entries);
  const statement = db.raw<{ rows: AnswerRow[] }>(text, {
    now,
    entries: JSON.stringify(entries.map(toInput)),
    ...markValues(
      mark,
      entries.map(({ roomId }) => roomId),
    ),
  });
  const { rows } = await statement.options(planned());
  const appended: Appended[] = entries.map(() => ({ outcome: 'not_admitted' }));
  for (const row of rows) {
    const { n, outcome, people } = row;
    const entry = entries[n - 1];
    if (outcome === 'stored' && entry)
      appended[n - 1] = { outcome, row: storedAs(entry, row.seq, now), people };
    else if (outcome === 'repeated') appended[n - 1] = { outcome, row: toRow(row), people };
    else if (outcome !== 'stored') appended[n - 1] = { outcome };
  }
  return appended;
}

function toInput(entry: NewEntry, index: number): Record<string, unknown> {
  const input: Record<string, unknown> = { n: index + 1, allowed: entry.allowed };
  for (const [property, name] of columns) input[name] = entry[property];
  return input;
}

function storedAs({ allowed: _, ...entry }: NewEntry, seq: number, now: Date): TimelineRow {
  return { ...entry, seq, changedSeq: seq, reactions: null, createdAt: now, editedAt: null, deletedAt: null };
}

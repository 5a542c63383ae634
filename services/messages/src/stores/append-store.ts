import { type Database, isUniqueViolation, plannedSeldom } from '@parley/database';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

/** What is to become a row of a timeline. */
export interface NewEntry
  extends Pick<
    TimelineRow,
    | 'roomId'
    | 'id'
    | 'kind'
    | 'senderId'
    | 'senderName'
    | 'clientKey'
    | 'content'
    | 'replyTo'
    | 'isEncrypted'
    | 'reason'
  > {
  /** False: over the rate; only an already stored one of that key is answered. */
  allowed: boolean;
}

/** What became of it. */
export type Appended =
  /** `people`: of a direct room */
  | { outcome: 'stored' | 'repeated'; row: TimelineRow; people: string[] | null }
  /** The key was used before with other content. */
  | { outcome: 'conflict' }
  /** It answers a message that this room does not have. */
  | { outcome: 'no_such_reply' }
  | { outcome: 'over_rate' }
  /** For all that is known here, the room does not exist or is closed, or the sender may not write there. */
  | { outcome: 'not_admitted' };

/**
 * One statement for a whole batch: drops messages of people who may not write there, and what is stored already (before counting, or it would leave
 * holes), locks the rooms in id order (or batches of several writers would deadlock), takes the next numbers of each room, inserts, and notes since when
 * who has joined is there. Who comes back has a position again, so that counts as changed.
 *
 * As one JSON parameter the batch has the same estimated size whatever it holds, so one plan serves all; `lateral … limit 1` keeps that plan to
 * lookups in an index, where a join over tables without statistics reads whole rooms. What only replies or only joins need is left out of batches that
 * have none: it costs time even where it finds nothing to do. Of a row that was stored only its number is answered; the rest is known.
 */
const appendStatement = ({ replies, joins }: { replies: boolean; joins: boolean }) => `
  with input as (
    select t.*, case when r.kind = 'direct' then (select array_agg(p.user_id) from members p where p.room_id = r.id) end as people,
           case when t.client_key <> t.id::text then md5(concat_ws('|', t.reply_to, t.is_encrypted, t.content))::uuid end as fingerprint
      from json_to_recordset(:entries::json) as t (n int, room_id uuid, id uuid, kind text, sender_id uuid, sender_name text, client_key text,
                                                   content text, reply_to uuid, is_encrypted boolean, reason text, allowed boolean)
      join rooms r on r.id = t.room_id
      left join members w on w.room_id = t.room_id and w.user_id = t.sender_id
     where t.kind <> 'message' or (r.closed_at is null and w.active and w.can_send)
  ), known as (
    select i.n, i.people, i.fingerprint is not distinct from m.fingerprint as same, m.*
      from input i cross join lateral (
        select * from timeline t where t.room_id = i.room_id and t.sender_id = i.sender_id and t.client_key = i.client_key limit 1
      ) m
  ), dangling as (
    ${
      replies
        ? `select i.n from input i left join lateral (
             select true as found from timeline r where r.room_id = i.room_id and r.id = i.reply_to and r.kind = 'message' limit 1
           ) answered on true
           where i.reply_to is not null and answered.found is null`
        : 'select null::int as n where false'
    }
  ), fresh as (
    select i.* from input i
     where i.allowed and i.n not in (select n from known) and i.n not in (select n from dangling)
  ), locked as (
    select id, seq, read_seq from rooms where id in (select room_id from fresh) order by id for update
  ), numbered as (
    select f.*, l.seq + row_number() over each_room as seq, l.read_seq + count(*) filter (where f.kind = 'joined') over each_room as read_seq
      from fresh f join locked l on l.id = f.room_id window each_room as (partition by f.room_id order by f.n)
  ), counted as (
    update rooms r set seq = top.seq, read_seq = top.read_seq
      from (select room_id, max(seq) as seq, max(read_seq) as read_seq from numbered group by room_id) top where r.id = top.room_id
  ), inserted as (
    insert into timeline (room_id, seq, changed_seq, id, kind, sender_id, sender_name, client_key, fingerprint, content, reply_to,
                          is_encrypted, reason, created_at)
    select room_id, seq, seq, id, kind, sender_id, sender_name, client_key, fingerprint, content, reply_to, is_encrypted, reason, :now
      from numbered
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
  select n, 'stored' as outcome, people, null::uuid as room_id, seq, null::bigint as changed_seq, null::uuid as id, null as kind,
         null::uuid as sender_id, null as sender_name, null as client_key, null as content, null::uuid as reply_to,
         null::boolean as is_encrypted, null::jsonb as reactions, null as reason, null::timestamptz as created_at,
         null::timestamptz as edited_at, null::timestamptz as deleted_at
    from numbered
  union all
  select n, case when same then 'repeated' else 'conflict' end, people, ${timelineColumns.join(', ')} from known
  union all
  select n, case when n in (select n from dangling) then 'no_such_reply' else 'over_rate' end, null, null, null, null, null, null, null, null,
         null, null, null, null, null, null, null, null, null
    from input where n not in (select n from known) and (not allowed or n in (select n from dangling))`;

interface AnswerRow extends StoredRow {
  n: number;
  outcome: Exclude<Appended['outcome'], 'not_admitted'>;
  people: string[] | null;
}

const kind = (name: string, having: { replies: boolean; joins: boolean }) => ({
  text: appendStatement(having),
  planned: plannedSeldom(name),
});
/** By whether a batch has replies, and joins: each with a plan of its own. */
const kinds = {
  'false false': kind('append', { replies: false, joins: false }),
  'true false': kind('append-replies', { replies: true, joins: false }),
  'false true': kind('append-joins', { replies: false, joins: true }),
  'true true': kind('append-replies-joins', { replies: true, joins: true }),
};
const kindOf = (entries: readonly NewEntry[]) =>
  kinds[
    `${entries.some(({ replyTo }) => replyTo !== null)} ${entries.some((entry) => entry.kind === 'joined')}`
  ];

const maxRaces = 3;

/** Adds rows to timelines, numbered without holes. */
export class AppendStore {
  /**
   * Appends the entries in order and answers each one's outcome. Entries of one room, sender and key must not meet in one call.
   * A lost race with another writer of the room (only ever during a hand-over) is run again, and finds what the other stored.
   */
  async append(db: Database, entries: readonly NewEntry[], now: Date): Promise<Appended[]> {
    if (entries.length === 0) return [];
    for (let race = 1; ; race++) {
      try {
        return await this.#appendOnce(db, entries, now);
      } catch (error) {
        if (race === maxRaces || !isUniqueViolation(error)) throw error;
      }
    }
  }

  async #appendOnce(db: Database, entries: readonly NewEntry[], now: Date): Promise<Appended[]> {
    const { text, planned } = kindOf(entries);
    const statement = db.raw<{ rows: AnswerRow[] }>(text, {
      now,
      entries: JSON.stringify(
        entries.map((entry, index) => ({
          n: index + 1,
          room_id: entry.roomId,
          id: entry.id,
          kind: entry.kind,
          sender_id: entry.senderId,
          sender_name: entry.senderName,
          client_key: entry.clientKey,
          content: entry.content,
          reply_to: entry.replyTo,
          is_encrypted: entry.isEncrypted,
          reason: entry.reason,
          allowed: entry.allowed,
        })),
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
}

function storedAs({ allowed: _, ...entry }: NewEntry, seq: number, now: Date): TimelineRow {
  return { ...entry, seq, changedSeq: seq, reactions: null, createdAt: now, editedAt: null, deletedAt: null };
}

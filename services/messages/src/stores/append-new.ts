import { type Database, prepared } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
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

/**
 * Appends the entries that are admitted, as the statement of `append.ts` does, but without looking
 * for rows that are already stored. Those violate a unique index, and then nothing is stored.
 */
const appendStatement = (features: Features) => `
  with input as (
    select t.*, ${derivedColumns(features)}
      from ${entriesAsTable('$1', features)}
      join rooms r on r.id = t.room_id
      left join members w on w.room_id = t.room_id and w.user_id = t.sender_id
      ${joinThread(features)}
     where t.allowed and ${isAdmitted}${
       features.replies
         ? ` and (t.reply_to is null or exists (
             select from timeline m
              where m.room_id = t.room_id and m.id = t.reply_to and m.kind = 'message'))`
         : ''
     }${features.threads ? ' and (t.thread_root is null or thread.root_seq is not null)' : ''}
  ), locked as (
    select id, seq from rooms where id in (select room_id from input) order by id for update
  ), numbered as (
    select i.*, l.seq + row_number() over (partition by i.room_id order by i.n) as seq
      from input i join locked l on l.id = i.room_id
  ), counted as (
    update rooms r set seq = top.seq
      from (select room_id, max(seq) as seq from numbered group by room_id) top
     where r.id = top.room_id
  ), inserted as (
    insert into timeline (${insertedColumns(features).names}, seq, changed_seq, fingerprint, created_at)
    select ${insertedColumns(features).values}, seq, seq, fingerprint, $2::timestamptz from numbered
  ), marked as (${insertMark(
    'timeline',
    'select room_id, min(seq) as first, max(seq) as last from numbered group by room_id',
    ['$3', '$4', '$5', '$6'],
  )}
  )${features.mentions ? `, mentioned as (${insertMentions(features)})` : ''}
  select n, seq, people${features.threads ? ', root_seq' : ''} from numbered`;

interface NumberedEntry {
  n: number;
  seq: number;
  people: string[] | null;
  /** Absent from batches without threads. */
  root_seq?: number | null;
}

/** By what a batch has; each variant has its own plan. */
const variantFor = perFeatures('append-new', (name, features: Features) =>
  prepared<NumberedEntry>(name, appendStatement(features), { doublings: 1 }),
);

/**
 * Appends entries, none of them a join, in order. Returns the outcome of each that was stored;
 * undefined for the others.
 * @throws a unique violation, and stores nothing, when one of them was stored before
 */
export async function appendNew(
  db: Database,
  entries: readonly NewEntry[],
  now: Date,
  mark: Mark | undefined,
): Promise<(Appended | undefined)[]> {
  const append = variantFor(featuresOf(entries));
  const rooms = entries.map(({ roomId }) => roomId);
  const numbered = await append(db, toJson(entries), now, ...markList(mark, rooms));
  const appended: (Appended | undefined)[] = entries.map(() => undefined);
  for (const { n, seq, people, root_seq: threadRootSeq = null } of numbered) {
    const entry = entries[n - 1];
    if (entry)
      appended[n - 1] = { outcome: 'stored', row: storedAs(entry, { seq, threadRootSeq }, now), people };
  }
  return appended;
}

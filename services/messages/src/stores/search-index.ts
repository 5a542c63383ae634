import { isUniqueViolation, prepared, type Queryable } from '@parley/database';
import type { StoredMention } from '../domain/mentions.ts';
import type { Lag } from '../domain/search/plan.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';

// The search index, written by the indexer alone. Nothing else waits for its locks.

/** A room to index: its changes after `through`, up to `head`. */
export interface Claim {
  roomId: string;
  through: number;
  head: number;
}

/** Creates the rows that `claimRooms` locks. */
export async function addIndexedRooms(db: Queryable, roomIds: readonly string[]): Promise<void> {
  await db.raw(
    `insert into indexed_rooms (room_id, indexed_seq)
     select id, 0 from rooms where id = any(:roomIds) order by id
     on conflict do nothing`,
    { roomIds },
  );
}

const lockLagging = prepared<Claim>(
  'claim-rooms',
  `select r.id as "roomId", i.indexed_seq as through, r.seq as head
     from indexed_rooms i join rooms r on r.id = i.room_id
    where i.room_id = any((select $1::uuid[])::uuid[]) and r.seq > i.indexed_seq
    order by i.room_id for update of i skip locked`,
);

/**
 * Those of the rooms with changes that the index does not contain, locked until the transaction
 * ends. Omits rooms that another process is indexing. The transaction does not wait for the disk:
 * if a crash loses it, terms and progress are lost together, and written again.
 */
export async function claimRooms(trx: Queryable, roomIds: readonly string[]): Promise<Claim[]> {
  await trx.raw('set local synchronous_commit = off');
  return lockLagging(trx, roomIds);
}

/** A row of a timeline that the index does not contain, with what its terms are made of. */
export interface ChangedText {
  roomId: string;
  seq: number;
  changedSeq: number;
  /** As PostgreSQL writes it, because it is only stored again. */
  createdAt: string;
  kind: TimelineRow['kind'];
  senderId: string;
  /** Null: nobody finds the message. */
  content: string | null;
  threadRootSeq: number | null;
  mentions: StoredMention[] | null;
}

const selectTexts = prepared<ChangedText>(
  'changed-texts',
  `select changed.*
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::int[]))
            as asked (room_id, after, take)
    cross join lateral (
      select t.room_id as "roomId", t.seq, t.changed_seq as "changedSeq", t.kind,
             t.created_at::text as "createdAt",
             t.sender_id as "senderId", t.thread_root_seq as "threadRootSeq", t.mentions,
             case when t.deleted_at is null and not t.is_encrypted then t.content end as content
        from timeline t
       where t.room_id = asked.room_id and t.changed_seq > asked.after
       order by t.changed_seq limit asked.take
    ) changed`,
);

/** The next changes of the rooms, at most `take` of each, in any order. */
export const textsChangedAfter = (
  trx: Queryable,
  asked: readonly { roomId: string; through: number; take: number }[],
): Promise<ChangedText[]> =>
  selectTexts(
    trx,
    asked.map(({ roomId }) => roomId),
    asked.map(({ through }) => through),
    asked.map(({ take }) => take),
  );

export interface IndexedMessage extends Pick<ChangedText, 'roomId' | 'seq' | 'createdAt'> {
  /** None: nobody finds it. */
  terms: ReadonlySet<string>;
}

/** The messages as the table `t`. A list in one text costs less than an array of values. */
const messagesAsTable = `
  unnest((select string_to_array($1, ',')::uuid[]), (select string_to_array($2, ',')::timestamptz[]),
         (select string_to_array($3, ',')::bigint[]), (select string_to_array($4, E'\n')))
    as t (room_id, created_at, seq, terms)`;
const toLists = (messages: readonly IndexedMessage[]): string[] => [
  messages.map(({ roomId }) => roomId).join(),
  messages.map(({ createdAt }) => createdAt).join(),
  messages.map(({ seq }) => seq).join(),
  // Terms contain no spaces.
  messages.map(({ terms }) => [...terms].join(' ')).join('\n'),
];

const insertTerms = `
  insert into message_terms (room_id, created_at, seq, terms)
  select room_id, created_at, seq, array_to_tsvector(string_to_array(terms, ' ')) from ${messagesAsTable}`;
const addNewTerms = prepared('add-terms', insertTerms);
const upsertTerms = prepared(
  'save-terms',
  `${insertTerms}
   on conflict (room_id, created_at, seq) do update set terms = excluded.terms
    where message_terms.terms <> excluded.terms`,
);
const deleteTerms = prepared(
  'drop-terms',
  `delete from message_terms m using ${messagesAsTable}
    where m.room_id = t.room_id and m.created_at = t.created_at and m.seq = t.seq`,
);

/** Stores the terms of messages that are not in the index. @throws see `isInIndex` */
export async function addTerms(trx: Queryable, messages: readonly IndexedMessage[]): Promise<void> {
  if (messages.length > 0) await addNewTerms(trx, ...toLists(messages));
}

/** Whether `addTerms` has failed because one of its messages is in the index. */
export const isInIndex = (error: unknown): boolean => isUniqueViolation(error);

/** Stores the terms of messages, and removes messages without terms. */
export async function saveTerms(trx: Queryable, messages: readonly IndexedMessage[]): Promise<void> {
  const found = messages.filter(({ terms }) => terms.size > 0);
  const gone = messages.filter(({ terms }) => terms.size === 0);
  if (found.length > 0) await upsertTerms(trx, ...toLists(found));
  if (gone.length > 0) await deleteTerms(trx, ...toLists(gone));
}

const updateProgress = prepared(
  'indexed-through',
  `update indexed_rooms i set indexed_seq = t.through
     from unnest((select $1::uuid[]), (select $2::bigint[])) as t (room_id, through)
    where i.room_id = t.room_id`,
);

export async function saveProgress(
  trx: Queryable,
  rooms: readonly { roomId: string; through: number }[],
): Promise<void> {
  await updateProgress(
    trx,
    rooms.map(({ roomId }) => roomId),
    rooms.map(({ through }) => through),
  );
}

const selectPage = prepared<{ id: string; lags: boolean }>(
  'lagging-rooms',
  `select r.id, r.seq > coalesce(i.indexed_seq, 0) as lags
     from (select id, seq from rooms where id > $1 order by id limit (select $2::int)) r
     left join indexed_rooms i on i.room_id = r.id
    order by r.id`,
);

/** The next `limit` rooms in the order of their ids, and those that are not completely indexed. */
export async function laggingRooms(
  db: Queryable,
  after: string,
  limit: number,
): Promise<{ last: string | undefined; isLastPage: boolean; lagging: string[] }> {
  const rooms = await selectPage(db, after, limit);
  const lagging = rooms.flatMap(({ id, lags }) => (lags ? [id] : []));
  return { last: rooms.at(-1)?.id, isLastPage: rooms.length < limit, lagging };
}

export interface SearchedRoom extends Lag {
  /** At most as many messages. */
  rows: number;
}

const selectSearched = prepared<SearchedRoom>(
  'searched-rooms',
  `select r.id as "roomId", r.seq as rows, coalesce(i.indexed_seq, 0) as through,
          r.seq - coalesce(i.indexed_seq, 0) as changes
     from members m
     join rooms r on r.id = m.room_id and r.closed_at is null and r.seq > 0
     left join indexed_rooms i on i.room_id = r.id
    where m.user_id = $1 and m.active
      and ((select $2::uuid[]) is null or m.room_id = any((select $2::uuid[])::uuid[]))
    order by r.id`,
);

/** The user's rooms, or those of them in `roomIds`, with what the index contains of each. */
export const searchedRooms = (
  db: Queryable,
  userId: string,
  roomIds: readonly string[] | undefined,
): Promise<SearchedRoom[]> => selectSearched(db, userId, roomIds ?? null);

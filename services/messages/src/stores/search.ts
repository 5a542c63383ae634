import { type Database, isStatementTimeout, prepared, type Queryable } from '@parley/database';
import type { Place } from '../domain/search/place.ts';
import type { Plan } from '../domain/search/plan.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

export interface CandidateQuery {
  plan: Plan;
  roomIds: readonly string[];
  /** Null: every message. */
  terms: string | null;
  /** Only messages after this place in the results. */
  from: Place;
  before: Date;
  after: Date;
  limit: number;
}

const columns = 'room_id as "roomId", created_at as "createdAt", seq';
const order = 'order by "createdAt" desc, "roomId" desc, seq desc limit :limit';
const within = `m.created_at >= :after and m.created_at < :before and m.created_at <= :createdAt
  and (m.created_at, m.room_id, m.seq) < (:createdAt, :roomId::uuid, :seq)`;

/** `offset 0` keeps the planner from using the key of each room instead of the index of terms. */
const byIndex = `
  select * from (
    select ${columns} from message_terms m where m.terms @@ :terms::tsquery and ${within} offset 0
  ) found where "roomId" = any(:roomIds) ${order}`;
const byIndexInRoom = `
  select ${columns} from message_terms m
   where m.room_id = :only::uuid and m.terms @@ :terms::tsquery and ${within} ${order}`;
const byWalk = `
  select newest.* from unnest(:roomIds::uuid[]) as searched (id)
   cross join lateral (
     select ${columns} from message_terms m
      where m.room_id = searched.id and (:terms::text is null or m.terms @@ :terms::tsquery) and ${within}
      order by m.created_at desc, m.seq desc limit :limit
   ) newest
   ${order}`;

/** Reads from one snapshot. Undefined: a statement took longer than `ms` milliseconds. */
export async function inSnapshot<T>(
  db: Database,
  ms: number,
  read: (snapshot: Queryable) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await db.transaction(
      async (snapshot) => {
        await snapshot.raw(`set local statement_timeout = ${ms}`);
        return read(snapshot);
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
  } catch (error) {
    if (isStatementTimeout(error)) return undefined;
    throw error;
  }
}

/** Messages that have the terms in the index, by their places. The index may be outdated. */
export async function findCandidates(trx: Queryable, query: CandidateQuery): Promise<Place[]> {
  const { plan, roomIds, from, ...rest } = query;
  const [only = null] = roomIds;
  const isIndex = plan === 'index';
  // The planner does not know how far a walk has to go.
  await trx.raw(`set local ${isIndex ? 'enable_seqscan' : 'enable_bitmapscan'} = off`);
  const text = isIndex ? (roomIds.length === 1 ? byIndexInRoom : byIndex) : byWalk;
  const { rows } = await trx.raw<{ rows: Place[] }>(text, { ...rest, ...from, roomIds, only });
  return rows;
}

/** How many messages there are and have the terms, as the planner estimates. */
export async function estimate(db: Queryable, terms: string): Promise<{ total: number; found: number }> {
  const { rows } = await db.raw<{ rows: { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[] }>(
    'explain (format json) select from message_terms where terms @@ :terms::tsquery',
    { terms },
  );
  const [{ total } = { total: 0 }] = await countRows(db);
  return { total, found: rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0 };
}

const countRows = prepared<{ total: number }>(
  'indexed-messages',
  `select sum(greatest(c.reltuples, 0))::float8 as total
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'message_terms'::regclass`,
);

const selectLatest = prepared<StoredRow>(
  'latest-changes',
  `select changed.*
     from unnest((select $1::uuid[]), (select $2::bigint[]), (select $3::int[]))
            as asked (room_id, after, take)
    cross join lateral (
      select ${timelineColumns.join(', ')} from timeline t
       where t.room_id = asked.room_id and t.changed_seq > asked.after
       order by t.changed_seq desc limit asked.take
    ) changed`,
);

/** Rows whose last change came after `after`, latest first: at most `take` of each room. */
export async function latestChanges(
  db: Queryable,
  asked: readonly { roomId: string; after: number; take: number }[],
): Promise<TimelineRow[]> {
  const rows = await selectLatest(
    db,
    asked.map(({ roomId }) => roomId),
    asked.map(({ after }) => after),
    asked.map(({ take }) => take),
  );
  return rows.map(toRow);
}

import type { Queryable, Transaction } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { insertMark, markValues } from './marks.ts';
import { type StoredRow, timelineColumns, toRow } from './stored-row.ts';

// Changes of many messages of many rooms, in few statements.

/**
 * Locks rooms against other changes until the transaction ends, in id order, so batches of several
 * writers cannot deadlock. Returns the last number of each.
 */
export async function lockRooms(trx: Transaction, roomIds: readonly string[]): Promise<Map<string, number>> {
  const rows: { id: string; seq: number }[] = await trx('rooms')
    .whereRaw('id = any(:roomIds)', { roomIds })
    .orderBy('id')
    .forUpdate()
    .select('id', 'seq');
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

/** The messages that exist, including deleted ones. */
export async function findAsked(
  db: Queryable,
  asked: readonly { roomId: string; messageId: string }[],
): Promise<TimelineRow[]> {
  const { rows } = await db.raw<{ rows: StoredRow[] }>(
    `select found.* from (select distinct * from unnest(:rooms::uuid[], :ids::uuid[])) as asked (room_id, id)
      cross join lateral (
        select ${timelineColumns.join(', ')} from timeline t
         where t.room_id = asked.room_id and t.id = asked.id and t.kind = 'message' limit 1
      ) found`,
    { rooms: asked.map(({ roomId }) => roomId), ids: asked.map(({ messageId }) => messageId) },
  );
  return rows.map(toRow);
}

/**
 * Takes numbers of rooms and marks them. The rooms must be locked.
 * @param counts room → how many numbers
 */
export async function takeNumbers(
  trx: Transaction,
  counts: ReadonlyMap<string, number>,
  mark: Mark | undefined,
): Promise<void> {
  const rooms = [...counts.keys()];
  await trx.raw(
    `with taken as (select * from unnest(:rooms::uuid[], :counts::bigint[]) as t (room_id, n)),
          numbered as (
       update rooms r set seq = r.seq + t.n from taken t where r.id = t.room_id
       returning r.id as room_id, r.seq - t.n + 1 as first, r.seq as last
     ), marked as (${insertMark('timeline', 'select * from numbered')}
     )
     select from numbered`,
    { rooms, counts: [...counts.values()], ...markValues(mark, rooms) },
  );
}

/** Stores what may change in messages. */
export async function storeMessages(trx: Transaction, rows: readonly TimelineRow[]): Promise<void> {
  await trx.raw(
    `update timeline t
        set changed_seq = v."changedSeq", content = v.content, reactions = v.reactions,
            mentions = v.mentions, edited_at = v."editedAt", deleted_at = v."deletedAt",
            pinned_at = v."pinnedAt", pinned_by = v."pinnedBy"
       from jsonb_to_recordset(:rows::jsonb) as v (
              "roomId" uuid, seq bigint, "changedSeq" bigint, content text, reactions jsonb, mentions jsonb,
              "editedAt" timestamptz, "deletedAt" timestamptz, "pinnedAt" timestamptz, "pinnedBy" uuid)
      where t.room_id = v."roomId" and t.seq = v.seq`,
    { rows: JSON.stringify(rows) },
  );
}

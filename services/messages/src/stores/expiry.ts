import type { Queryable } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { changeMessages, readMessages, tombstone, unpinned } from './changed-messages.ts';
import { deleteMentions } from './mentions.ts';
import { deleteReactionsTo } from './reactions.ts';

/** The next rows of a room to expire: `after < seq <= upTo`. */
export interface Aged {
  roomId: string;
  after: number;
  upTo: number;
  rows: number;
}

// Expires messages; each room stores up to which `seq` its messages have expired.

/** Rooms, including deleted ones, in the order of their ids. */
export async function pageRoomIds(
  db: Queryable,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const query = db('rooms').orderBy('id').limit(limit).select<{ id: string }[]>('id');
  if (after !== undefined) query.where('id', '>', after);
  return (await query).map(({ id }) => id);
}

/**
 * The next `limit` rows older than `before` in each room that has any. Other rooms cost one
 * lookup of their first row by its key.
 */
export async function agedRanges(
  db: Queryable,
  roomIds: readonly string[],
  before: Date,
  limit: number,
): Promise<Aged[]> {
  const { rows } = await db.raw<{ rows: Aged[] }>(
    `select r.id as "roomId", r.expired_seq as after, aged.up_to as "upTo", aged.rows
       from rooms r
      cross join lateral (
        select from (
          select t.created_at from timeline t
           where t.room_id = r.id and t.seq > r.expired_seq order by t.seq limit 1
        ) first
         where first.created_at < :before
      ) has_some
      cross join lateral (
        select max(seq) as up_to, count(*) as rows from (
          select seq, bool_and(created_at < :before) over (order by seq) as old from (
            select t.seq, t.created_at from timeline t
             where t.room_id = r.id and t.seq > r.expired_seq order by t.seq limit :limit
          ) next
        ) compared where old
      ) aged
      where r.id = any(:roomIds)`,
    { roomIds, before, limit },
  );
  return rows;
}

/**
 * Turns a range of messages into deleted ones. Returns all messages of the range, including those
 * deleted before, in the order of their last changes, and how many it expired. The room must be
 * locked.
 */
export async function expireRange(
  trx: Queryable,
  { roomId, after, upTo }: Omit<Aged, 'rows'>,
  deletedAt: Date,
  mark: Mark | undefined,
): Promise<{ messages: TimelineRow[]; expired: number }> {
  const chosen = { where: 't.seq > :after and t.seq <= :upTo', values: { roomId, after, upTo, deletedAt } };
  const expired = await changeMessages(
    trx,
    { ...chosen, where: `${chosen.where} and t.deleted_at is null` },
    `${tombstone}, ${unpinned}`,
    mark,
  );
  const messages = await readMessages(trx, chosen);
  await deleteReactionsTo(
    trx,
    roomId,
    messages.map(({ id }) => id),
  );
  await deleteMentions(trx, messages);
  await trx('rooms')
    .where({ id: roomId })
    .where('expired_seq', '>=', after)
    .where('expired_seq', '<', upTo)
    .update({ expired_seq: upTo });
  return { messages, expired };
}

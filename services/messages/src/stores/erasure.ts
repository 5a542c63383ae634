import { erasedName } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Mark } from '../domain/mark.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { changeMessages, readMessages, tombstone, unpinned } from './changed-messages.ts';

/** One author's messages in a room: `after < seq <= upTo`; null: to the end. */
export interface SeqRange {
  after: number;
  upTo: number | null;
}

/** An author's rows in a room: one index has those with a client's key, another one the others. */
const byAuthor =
  't.room_id = :roomId and t.sender_id = :userId and (t.client_key is null or t.client_key is not null)';

// Traces of an erased author in timelines.

/** All rooms that they ever belonged to. */
export async function authorRoomIds(db: Queryable, userId: string): Promise<string[]> {
  const rows: { room_id: string }[] = await db('members')
    .where({ user_id: userId })
    .orderBy('room_id')
    .select('room_id');
  return rows.map((row) => row.room_id);
}

/**
 * Splits their messages in a room into ranges of at most `limit`. There is at least one range,
 * and the last one has no end.
 */
export async function authorRanges(
  db: Queryable,
  roomId: string,
  userId: string,
  limit: number,
): Promise<SeqRange[]> {
  const { rows } = await db.raw<{ rows: { last: number }[] }>(
    `select max(seq) as last
       from (select seq, (row_number() over (order by seq) - 1) / :limit as part
               from timeline t where ${byAuthor} and t.kind = 'message') numbered
      group by part order by part`,
    { roomId, userId, limit },
  );
  const ends = rows.slice(0, -1).map(({ last }) => last);
  return [0, ...ends].map((after, index) => ({ after, upTo: ends[index] ?? null }));
}

/**
 * Removes the author's name from a range of their messages, each of which takes the room's next
 * number. They lose their pins; with `deletedAt` they are deleted, too. Renames their joins, leaves
 * and membership without a change event. Returns all messages of the range, including those erased
 * before, in the order of their last changes. The room must be locked.
 */
export async function eraseAuthorName(
  trx: Queryable,
  roomId: string,
  userId: string,
  range: SeqRange,
  deletedAt: Date | null,
  mark: Mark | undefined,
): Promise<TimelineRow[]> {
  const values = { roomId, userId, ...range, name: erasedName, deletedAt };
  const where = `${byAuthor} and t.seq > :after and (:upTo::bigint is null or t.seq <= :upTo)`;
  const gone = deletedAt ? `, fingerprint = null, ${tombstone}` : '';
  await changeMessages(
    trx,
    { where: `${where} and t.sender_name <> :name`, values },
    `sender_name = :name, ${unpinned}${gone}`,
    mark,
  );
  await trx.raw(
    `update timeline t set sender_name = :name where ${byAuthor} and t.kind <> 'message'`,
    values,
  );
  await trx('members')
    .where({ room_id: roomId, user_id: userId })
    .update({ username: erasedName, mention_name: null });
  return readMessages(trx, { where, values });
}

// A user's reads and changes of their own inbox. Deleted rows do not exist here.

import type { Moment, Notification } from '@parley/contracts';
import type { Queryable, Transaction } from '@parley/database';
import { blank, type NotificationRow, notificationColumns, toNotification } from './notification-row.ts';
import { lockRooms } from './rooms.ts';

interface PageQuery {
  limit: number;
  after: Moment | undefined;
  unreadOnly: boolean;
}

/** Newest first; `next` is the cursor of the next page. */
export async function findPage(
  db: Queryable,
  userId: string,
  query: PageQuery,
): Promise<{ notifications: Notification[]; next: Moment | null }> {
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `select ${notificationColumns} from notifications
      where user_id = :userId and deleted_at is null
        ${query.unreadOnly ? 'and not is_read' : ''}
        ${query.after ? 'and (updated_at, id) < (:at, :id)' : ''}
      order by updated_at desc, id desc limit :probe`,
    { userId, probe: query.limit + 1, ...query.after },
  );
  const shown = rows.slice(0, query.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    notifications: shown.map(toNotification),
    next: last ? { at: last.updated_at, id: last.id } : null,
  };
}

/** Number of unread rows; counting stops at `limit`. */
export async function countUnread(db: Queryable, userId: string, limit: number): Promise<number> {
  const { rows } = await db.raw<{ rows: { total: number }[] }>(
    `select count(*) as total
       from (select from notifications
              where user_id = :userId and not is_read and deleted_at is null limit :limit) as unread`,
    { userId, limit },
  );
  return rows[0]?.total ?? 0;
}

/** @returns the row, and whether it was unread; null if there is no such row */
export async function markRead(
  db: Queryable,
  userId: string,
  id: string,
): Promise<{ notification: Notification; wasUnread: boolean } | null> {
  const { rows } = await db.raw<{ rows: (NotificationRow & { was_read: boolean })[] }>(
    `with found as (
       select id as found_id, is_read as was_read from notifications
        where id = :id and user_id = :userId and deleted_at is null for update
     )
     update notifications set is_read = true from found where id = found_id
     returning ${notificationColumns}, was_read`,
    { userId, id },
  );
  return rows[0] ? { notification: toNotification(rows[0]), wasUnread: !rows[0].was_read } : null;
}

/**
 * Returns the rows that were unread. Locks their rooms first, as all changes of several rows do, so
 * that it cannot deadlock with them.
 */
export async function markAllRead(trx: Transaction, userId: string): Promise<Notification[]> {
  const unread = () =>
    trx('notifications').where({ user_id: userId, is_read: false }).whereNull('deleted_at');
  const found: { id: string; room_id: string | null }[] = await unread().select('id', 'room_id');
  await lockRooms(trx, [...new Set(found.flatMap((row) => row.room_id ?? []))]);
  const rows: NotificationRow[] = await unread()
    .whereRaw('id = any(:ids)', { ids: found.map(({ id }) => id) })
    .update({ is_read: true })
    .returning(notificationColumns.split(', '));
  return rows.map(toNotification);
}

/** Returns whether there was such a row. */
export async function removeNotification(
  db: Queryable,
  userId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  return (
    (await db('notifications')
      .where({ id, user_id: userId })
      .whereNull('deleted_at')
      .update({ deleted_at: now, ...blank })) > 0
  );
}

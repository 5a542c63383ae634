// Changes of inboxes by events; `message-rows.ts` has the rows about messages, `inbox.ts` the
// owners' reads and changes.

import type { Queryable } from '@parley/database';
import type { EventRow } from '../domain/event-row.ts';
import {
  blank,
  blankColumns,
  columnsOf,
  type Delivered,
  type NotificationRow,
  notificationColumns,
  type Removed,
  toDelivered,
} from './notification-row.ts';

/**
 * Adds rows; skips group invites whose membership has ended. Their rooms must be locked.
 * Returns only new rows: a repeated event adds none.
 */
export async function addEventRows(
  db: Queryable,
  added: readonly EventRow[],
  newId: () => string,
  now: Date,
): Promise<Delivered[]> {
  const values = added.map((row) => ({ ...row, id: newId() }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `insert into notifications (id, user_id, type, title, content, metadata, room_id, subject_id,
                                event_id, created_at, updated_at)
     select v.id, "userId", type, title, content, metadata, "roomId", "subjectId", "eventId", :now, :now
       from jsonb_to_recordset(:values::jsonb) as v (
              id uuid, "userId" uuid, type text, title text, content text, metadata jsonb,
              "roomId" uuid, "subjectId" uuid, "eventId" uuid)
      where "roomId" is null
         or exists (select from members m join rooms r on r.id = m.room_id and not r.closed
                     where m.room_id = "roomId" and m.user_id = "userId" and m.active)
     on conflict (event_id, user_id) where event_id is not null do nothing
     returning ${notificationColumns}`,
    { values: JSON.stringify(values), now },
  );
  return rows.map(toDelivered);
}

/** Deletes the rows of these rooms whose membership has ended. The rooms must be locked. */
export async function withdrawRows(db: Queryable, roomIds: readonly string[], now: Date): Promise<Removed[]> {
  const { rows } = await db.raw<{ rows: Removed[] }>(
    `update notifications n set deleted_at = :now, ${blankColumns}
      where n.room_id = any(:roomIds) and n.deleted_at is null
        and (exists (select from rooms r where r.id = n.room_id and r.closed)
          or exists (select from members m
                      where m.room_id = n.room_id and m.user_id = n.user_id and not m.active))
     returning n.id, n.user_id as "userId"`,
    { roomIds, now },
  );
  return rows;
}

/** Shows the current names of these rooms in their rows. The rooms must be locked. */
export async function renameRows(db: Queryable, roomIds: readonly string[]): Promise<Delivered[]> {
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n
        set title = r.name, metadata = n.metadata || jsonb_build_object('roomName', r.name),
            -- An invite's text ends with the name.
            content = case when n.type = 'group_invite'
                           then left(n.content, length(n.content) - length(n.title)) || r.name
                           else n.content end
       from rooms r
      where n.room_id = any(:roomIds) and r.id = n.room_id and n.deleted_at is null
        and r.kind <> 'direct' and n.title <> r.name
     returning ${columnsOf('n')}`,
    { roomIds },
  );
  return rows.map(toDelivered);
}

/** Marks answered friend requests read (`read`) and deletes withdrawn ones (`gone`). */
export async function settleFriendRequests(
  db: Queryable,
  settled: { read: readonly string[]; gone: readonly string[] },
  now: Date,
): Promise<{ read: Delivered[]; gone: Removed[] }> {
  const open = (ids: readonly string[]) =>
    db('notifications').where({ type: 'friend_request' }).whereNull('deleted_at').whereIn('subject_id', ids);
  const columns = notificationColumns.split(', ');
  const read: NotificationRow[] =
    settled.read.length === 0
      ? []
      : await open(settled.read).where({ is_read: false }).update({ is_read: true }).returning(columns);
  const gone: NotificationRow[] =
    settled.gone.length === 0
      ? []
      : await open(settled.gone)
          .update({ is_read: true, deleted_at: now, ...blank })
          .returning(columns);
  return { read: read.map(toDelivered), gone: gone.map((row) => ({ id: row.id, userId: row.user_id })) };
}

/**
 * Deletes users' inboxes and their invitations in other inboxes. Rows about their messages
 * change with the messages. Returns the deleted rows of others.
 */
export async function eraseUsers(db: Queryable, userIds: readonly string[]): Promise<Removed[]> {
  await db('mentions').whereIn('user_id', userIds).delete();
  await db('notifications').whereIn('user_id', userIds).whereNull('deleted_at').delete();
  const { rows } = await db.raw<{ rows: Removed[] }>(
    `delete from notifications
      where metadata->>'senderId' = any(:userIds) and type <> 'message' and deleted_at is null
     returning id, user_id as "userId"`,
    { userIds },
  );
  return rows;
}

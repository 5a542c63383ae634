// Changes of inboxes by events; `inbox.ts` has the owners' reads and changes.

import type { Message, Notification } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import type { Invitation } from '../domain/invitation.ts';
import { type MessageNote, type NoteText, noteText } from '../domain/message-note.ts';
import type { Room } from '../domain/room.ts';
import { blank, type NotificationRow, notificationColumns, toNotification } from './notification-row.ts';

/** A row and its owner. */
export interface Delivered {
  userId: string;
  notification: Notification;
}

const toDelivered = (row: NotificationRow): Delivered => ({
  userId: row.user_id,
  notification: toNotification(row),
});

/** Adds rows, or updates the unread row of the same user and room. Returns the resulting rows. */
export async function addMessages(
  db: Queryable,
  notes: readonly MessageNote[],
  newId: () => string,
  now: Date,
): Promise<Delivered[]> {
  const values = notes.map(({ userId, room, latest, count }) => ({
    ...noteText(room, latest),
    id: newId(),
    userId,
    roomId: room.id,
    lastSeq: latest.seq,
    count,
    subjectId: latest.id,
  }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `insert into notifications (id, user_id, type, title, content, metadata, room_id, last_seq, count,
                                subject_id, created_at, updated_at)
     select id, "userId", 'message', title, content, metadata, "roomId", "lastSeq", count,
            "subjectId", :now, :now
       from jsonb_to_recordset(:values::jsonb) as v (
              id uuid, "userId" uuid, title text, content text, metadata jsonb,
              "roomId" uuid, "lastSeq" bigint, count integer, "subjectId" uuid)
     on conflict (room_id, user_id) where type = 'message' and not is_read and deleted_at is null do update
        set title = excluded.title, content = excluded.content, metadata = excluded.metadata,
            last_seq = greatest(notifications.last_seq, excluded.last_seq),
            count = notifications.count + excluded.count,
            subject_id = excluded.subject_id, updated_at = excluded.updated_at
     returning ${notificationColumns}`,
    { values: JSON.stringify(values), now },
  );
  return rows.map(toDelivered);
}

/** Shows messages in the unread rows that have counted them. Returns these rows. */
export async function showMessages(
  db: Queryable,
  notes: readonly MessageNote[],
  now: Date,
): Promise<Delivered[]> {
  const values = notes.map(({ userId, room, latest }) => ({
    ...noteText(room, latest),
    userId,
    roomId: room.id,
    subjectId: latest.id,
  }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `with shown as (
       update notifications n
          set title = v.title, content = v.content, metadata = v.metadata,
              subject_id = v."subjectId", updated_at = :now
         from jsonb_to_recordset(:values::jsonb) as v (
                title text, content text, metadata jsonb, "userId" uuid, "roomId" uuid, "subjectId" uuid)
        where n.room_id = v."roomId" and n.user_id = v."userId"
          and n.type = 'message' and not n.is_read and n.deleted_at is null
       returning n.*
     )
     select ${notificationColumns} from shown`,
    { values: JSON.stringify(values), now },
  );
  return rows.map(toDelivered);
}

/** Adds invitations. Returns only new rows: a repeated event adds none. */
export async function addInvitations(
  db: Queryable,
  invitations: readonly Invitation[],
  newId: () => string,
  now: Date,
): Promise<Delivered[]> {
  const values = invitations.map((invitation) => ({ ...invitation, id: newId() }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `insert into notifications (id, user_id, type, title, content, metadata, subject_id, event_id,
                                created_at, updated_at)
     select id, "userId", type, title, content, metadata, "subjectId", "eventId", :now, :now
       from jsonb_to_recordset(:values::jsonb) as v (
              id uuid, "userId" uuid, type text, title text, content text, metadata jsonb,
              "subjectId" uuid, "eventId" uuid)
     on conflict (event_id, user_id) where event_id is not null do nothing
     returning ${notificationColumns}`,
    { values: JSON.stringify(values), now },
  );
  return rows.map(toDelivered);
}

/** Updates the rows whose latest message was edited or deleted. */
export async function rewriteMessages(
  db: Queryable,
  messages: readonly { room: Room; message: Message }[],
): Promise<void> {
  const latest = new Map<string, NoteText & { id: string }>();
  for (const { room, message } of messages)
    latest.set(message.id, { id: message.id, ...noteText(room, message) });
  await db.raw(
    `update notifications n set title = v.title, content = v.content, metadata = v.metadata
       from jsonb_to_recordset(:values::jsonb) as v (id uuid, title text, content text, metadata jsonb)
      where n.subject_id = v.id and n.type = 'message' and n.deleted_at is null`,
    { values: JSON.stringify([...latest.values()]) },
  );
}

/** Marks users' rows read whose messages they have read in the room. */
export async function markRoomsRead(
  db: Queryable,
  positions: readonly { roomId: string; userId: string; seq: number }[],
): Promise<void> {
  await db.raw(
    `update notifications n set is_read = true
       from jsonb_to_recordset(:positions::jsonb) as p ("roomId" uuid, "userId" uuid, seq bigint)
      where n.room_id = p."roomId" and n.user_id = p."userId" and n.last_seq <= p.seq
        and n.type = 'message' and not n.is_read and n.deleted_at is null`,
    { positions: JSON.stringify(positions) },
  );
}

/** Marks answered friend requests read (`read`) and deletes withdrawn ones (`gone`). */
export async function settleFriendRequests(
  db: Queryable,
  settled: { read: readonly string[]; gone: readonly string[] },
  now: Date,
): Promise<void> {
  const open = (ids: readonly string[]) =>
    db('notifications').where({ type: 'friend_request' }).whereNull('deleted_at').whereIn('subject_id', ids);
  if (settled.read.length > 0) await open(settled.read).update({ is_read: true });
  if (settled.gone.length > 0) await open(settled.gone).update({ is_read: true, deleted_at: now, ...blank });
}

/**
 * Deletes users' inboxes and their invitations in other inboxes. `rewriteMessages` updates rows
 * about their messages.
 */
export async function eraseUsers(db: Queryable, userIds: readonly string[]): Promise<void> {
  await db('mentions').whereIn('user_id', userIds).delete();
  await db('notifications').whereIn('user_id', userIds).whereNull('deleted_at').delete();
  await db.raw(
    `delete from notifications
      where metadata->>'senderId' = any(:userIds) and type <> 'message' and deleted_at is null`,
    { userIds },
  );
}

// The rows about messages: at most one unread per user and room, derived from the messages that it
// counts (`counted-messages.ts`). Their rooms must be locked. During an upgrade, the previous
// release writes rows without `first_seq` and `changed_seq`.

import type { Queryable } from '@parley/database';
import { type MessageNote, type NotedMessage, noteText } from '../domain/message-note.ts';
import type { Room } from '../domain/room.ts';
import {
  blankColumns,
  columnsOf,
  type Delivered,
  type NotificationRow,
  notificationColumns,
  type Removed,
  toDelivered,
} from './notification-row.ts';

/** Counting stops here, as in `GET /api/v1/unread`. */
export const maxCount = 1_000;
const isMention = 'x.message_id = c.id and x.user_id = n.user_id and x.in_text';
export const isUnread = "n.type = 'message' and not n.is_read and n.deleted_at is null";

/** Rows that changed, and rows that are gone. */
export interface Corrections {
  updated: Delivered[];
  removed: Removed[];
}

/**
 * Adds rows, or updates the unread row of the same user and room; skips users who are not members.
 * Returns the resulting rows.
 */
export async function addMessages(
  db: Queryable,
  notes: readonly MessageNote[],
  newId: () => string,
  now: Date,
): Promise<Delivered[]> {
  const values = notes.map(({ userId, room, latest, firstSeq, count, mentions }) => ({
    ...valuesOf(room, latest),
    ...{ id: newId(), userId, roomId: room.id, firstSeq, count, mentions },
  }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `insert into notifications as n
            (id, user_id, type, title, content, metadata, room_id, first_seq, last_seq, shown_seq,
             changed_seq, count, mentions, subject_id, created_at, updated_at)
     select id, "userId", 'message', title, content, metadata, "roomId", "firstSeq", seq, seq,
            "changedSeq", least(count, :maxCount), least(mentions, :maxCount), "subjectId", :now, :now
       from jsonb_to_recordset(:values::jsonb) as v (
              id uuid, "userId" uuid, title text, content text, metadata jsonb, "roomId" uuid,
              "firstSeq" bigint, seq bigint, "changedSeq" bigint, count integer, mentions integer,
              "subjectId" uuid)
      where exists (select from members m
                     where m.room_id = "roomId" and m.user_id = "userId" and m.active)
     on conflict (room_id, user_id) where type = 'message' and not is_read and deleted_at is null do update
        set title = excluded.title, content = excluded.content, metadata = excluded.metadata,
            last_seq = greatest(n.last_seq, excluded.last_seq), shown_seq = excluded.shown_seq,
            changed_seq = excluded.changed_seq, count = least(n.count + excluded.count, :maxCount),
            mentions = least(n.mentions + excluded.mentions, :maxCount),
            subject_id = excluded.subject_id, updated_at = excluded.updated_at
     returning ${notificationColumns}`,
    { values: JSON.stringify(values), now, maxCount },
  );
  return rows.map(toDelivered);
}

/**
 * Shows messages, whose counting may have changed, in the users' unread rows. Returns these rows.
 */
export async function showMessages(
  db: Queryable,
  notes: readonly MessageNote[],
  now: Date,
): Promise<Delivered[]> {
  const values = notes.map(({ userId, room, latest, firstSeq }) => ({
    ...valuesOf(room, latest),
    ...{ userId, roomId: room.id, firstSeq },
  }));
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n
        set title = v.title, content = v.content, metadata = v.metadata, subject_id = v."subjectId",
            first_seq = least(n.first_seq, v."firstSeq"), last_seq = greatest(n.last_seq, v.seq),
            shown_seq = v.seq, changed_seq = v."changedSeq", updated_at = :now,
            (count, mentions) = (
              select least(count(*), :maxCount), least(count(x.user_id), :maxCount)
                from counted_messages c
                left join mentions x on ${isMention}
               where c.room_id = n.room_id and c.seq >= least(n.first_seq, v."firstSeq")
                 and n.user_id = any(c.recipients))
       from jsonb_to_recordset(:values::jsonb) as v (
              title text, content text, metadata jsonb, "userId" uuid, "roomId" uuid,
              "subjectId" uuid, "firstSeq" bigint, seq bigint, "changedSeq" bigint)
      where n.room_id = v."roomId" and n.user_id = v."userId" and ${isUnread}
     returning ${columnsOf('n')}`,
    { values: JSON.stringify(values), now, maxCount },
  );
  return rows.map(toDelivered);
}

/**
 * Begins users' unread rows with messages that were published before. Returns these rows, to be
 * derived again.
 */
export async function extendRows(
  db: Queryable,
  notes: readonly MessageNote[],
): Promise<{ id: string; userId: string }[]> {
  const { rows } = await db.raw<{ rows: { id: string; userId: string }[] }>(
    `update notifications n set first_seq = least(n.first_seq, n.last_seq, v."firstSeq")
       from jsonb_to_recordset(:values::jsonb) as v ("userId" uuid, "roomId" uuid, "firstSeq" bigint)
      where n.room_id = v."roomId" and n.user_id = v."userId" and ${isUnread}
     returning n.id, n.user_id as "userId"`,
    {
      values: JSON.stringify(
        notes.map(({ userId, room, firstSeq }) => ({ userId, roomId: room.id, firstSeq })),
      ),
    },
  );
  return rows;
}

/** Updates the rows that show these messages, unless they show a later text. */
export async function rewriteRows(
  db: Queryable,
  edited: readonly { room: Room; message: NotedMessage }[],
): Promise<Delivered[]> {
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n
        set title = v.title, content = v.content, metadata = v.metadata, changed_seq = v."changedSeq"
       from jsonb_to_recordset(:values::jsonb) as v (
              "subjectId" uuid, title text, content text, metadata jsonb, "changedSeq" bigint)
      where n.subject_id = v."subjectId" and n.type = 'message' and n.deleted_at is null
        and coalesce(n.changed_seq, 0) < v."changedSeq"
     returning ${columnsOf('n')}`,
    { values: JSON.stringify(edited.map(({ room, message }) => valuesOf(room, message))) },
  );
  return rows.map(toDelivered);
}

interface ShownRow {
  version: string;
  room_id: string | null;
  kind: Room['kind'];
  name: string | null;
  subject_id: string;
  shown_seq: number;
  changed_seq: number;
}

/** A row, and the message that it shows. */
export interface LiveRow extends Delivered {
  /** Another one after each change of the row. */
  version: string;
  shows: { id: string; seq: number; changedSeq: number; room: Room } | undefined;
}

/** The part of a row that is published. */
export type CurrentRow = Pick<LiveRow, 'notification' | 'version'>;

export async function findLiveRows(db: Queryable, ids: readonly string[]): Promise<LiveRow[]> {
  const { rows } = await db.raw<{ rows: (NotificationRow & ShownRow)[] }>(
    `select ${columnsOf('n')}, n.xmin::text as version, n.subject_id,
            coalesce(n.shown_seq, n.last_seq) as shown_seq, n.changed_seq, r.id as room_id, r.kind, r.name
       from notifications n
       left join rooms r on r.id = n.room_id and n.type = 'message'
      where n.id = any(:ids) and n.deleted_at is null`,
    { ids },
  );
  return rows.map((row) => ({
    ...toDelivered(row),
    version: row.version,
    shows:
      row.room_id === null
        ? undefined
        : {
            id: row.subject_id,
            seq: row.shown_seq,
            changedSeq: row.changed_seq,
            room: { id: row.room_id, kind: row.kind, name: row.name },
          },
  }));
}

/** Ids of the unread rows that may count one of these messages. */
export async function findRowsCounting(
  db: Queryable,
  messages: readonly { roomId: string; seq: number }[],
): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select distinct n.id
       from unnest(:roomIds::uuid[], :seqs::bigint[]) as v (room_id, seq)
       join notifications n on n.room_id = v.room_id and ${isUnread}
                           and v.seq between coalesce(n.first_seq, n.last_seq) and n.last_seq`,
    { roomIds: messages.map(({ roomId }) => roomId), seqs: messages.map(({ seq }) => seq) },
  );
  return rows.map(({ id }) => id);
}

/** Deletes the read rows that show one of these messages. */
export async function removeReadRows(
  db: Queryable,
  messageIds: readonly string[],
  now: Date,
): Promise<Removed[]> {
  const { rows } = await db.raw<{ rows: Removed[] }>(
    `update notifications set deleted_at = :now, ${blankColumns}
      where subject_id = any(:messageIds) and type = 'message' and is_read and deleted_at is null
     returning id, user_id as "userId"`,
    { messageIds, now },
  );
  return rows;
}

/**
 * Marks users' rows read whose messages they have read in the room. Of other unread rows, the read
 * messages no longer count: returns their ids, to be derived again.
 */
export async function readRows(
  db: Queryable,
  positions: readonly { roomId: string; userId: string; seq: number }[],
): Promise<{ read: Delivered[]; begun: string[] }> {
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n
        set is_read = n.last_seq <= p.seq, first_seq = greatest(n.first_seq, p.seq + 1)
       from jsonb_to_recordset(:positions::jsonb) as p ("roomId" uuid, "userId" uuid, seq bigint)
      where n.room_id = p."roomId" and n.user_id = p."userId" and coalesce(n.first_seq, 0) <= p.seq
        and ${isUnread}
     returning ${columnsOf('n')}`,
    { positions: JSON.stringify(positions) },
  );
  return {
    read: rows.filter((row) => row.is_read).map(toDelivered),
    begun: rows.flatMap((row) => (row.is_read ? [] : [row.id])),
  };
}

/** Derives unread rows again from the messages that still exist; deletes those without any. */
export async function deriveRows(
  db: Queryable,
  rooms: ReadonlyMap<string, Room>,
  ids: readonly string[],
  now: Date,
): Promise<Corrections> {
  if (ids.length === 0) return { updated: [], removed: [] };
  const { rows } = await db.raw<{
    rows: (NotedMessage & { rowId: string; count: number; mentions: number })[];
  }>(
    `select n.id as "rowId", found.count, found.mentions, m.id, m.room_id as "roomId", m.seq,
            m.changed_seq as "changedSeq", m.sender_id as "userId", m.sender_name as username,
            m.sender_is_bot as "isBot", m.preview
       from notifications n
      cross join lateral (
        select count(*)::integer as count, count(user_id)::integer as mentions, max(seq) as seq from (
          select c.seq, x.user_id from counted_messages c
            left join mentions x on ${isMention}
           where c.room_id = n.room_id and c.seq >= coalesce(n.first_seq, n.last_seq)
             and n.user_id = any(c.recipients)
           order by c.seq desc limit :maxCount
        ) counted
      ) found
       join counted_messages m on m.room_id = n.room_id and m.seq = found.seq
      where n.id = any(:ids) and ${isUnread}`,
    { ids, maxCount },
  );
  const values = rows.flatMap(({ rowId, count, mentions, ...latest }) => {
    const room = rooms.get(latest.roomId);
    return room ? [{ ...valuesOf(room, latest), rowId, count, mentions }] : [];
  });
  const { rows: updated } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n
        set title = v.title, content = v.content, metadata = v.metadata, last_seq = v.seq,
            shown_seq = v.seq, changed_seq = v."changedSeq", count = v.count, mentions = v.mentions,
            subject_id = v."subjectId"
       from jsonb_to_recordset(:values::jsonb) as v (
              "rowId" uuid, title text, content text, metadata jsonb, seq bigint,
              "changedSeq" bigint, count integer, mentions integer, "subjectId" uuid)
      where n.id = v."rowId" and ${isUnread}
        and (n.count, n.mentions, n.subject_id, n.changed_seq)
            is distinct from (v.count, v.mentions, v."subjectId", v."changedSeq")
     returning ${columnsOf('n')}`,
    { values: JSON.stringify(values) },
  );
  const derived = new Set(rows.map(({ rowId }) => rowId));
  const { rows: removed } = await db.raw<{ rows: Removed[] }>(
    `update notifications n set deleted_at = :now, ${blankColumns}
      where n.id = any(:ids) and ${isUnread}
     returning n.id, n.user_id as "userId"`,
    { ids: ids.filter((id) => !derived.has(id)), now },
  );
  return { updated: updated.map(toDelivered), removed };
}

const valuesOf = (room: Room, message: NotedMessage) => ({
  ...noteText(room, message),
  subjectId: message.id,
  seq: message.seq,
  changedSeq: message.changedSeq,
});

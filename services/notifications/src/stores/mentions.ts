import type { Queryable } from '@parley/database';
import { isUnread, maxCount } from './message-rows.ts';
import { columnsOf, type Delivered, type NotificationRow, toDelivered } from './notification-row.ts';

/** A member whom a message mentions. */
export interface Mention {
  messageId: string;
  userId: string;
}

interface NamedMember {
  roomId: string;
  name: string;
  userId: string;
}

/** The members of the rooms with one of the names, in the form of `mentionKey`. */
export async function findNamedMembers(
  db: Queryable,
  wanted: readonly { roomId: string; name: string }[],
): Promise<NamedMember[]> {
  const { rows } = await db.raw<{ rows: { room_id: string; mention_name: string; user_id: string }[] }>(
    `select m.room_id, m.mention_name, m.user_id
       from jsonb_to_recordset(:wanted::jsonb) as w ("roomId" uuid, name text)
       join members m on m.room_id = w."roomId" and m.active and m.mention_name = w.name`,
    { wanted: JSON.stringify(wanted) },
  );
  return rows.map((row) => ({ roomId: row.room_id, name: row.mention_name, userId: row.user_id }));
}

/** Returns those that were not recorded before, so that each mention notifies once. */
export async function recordMentions(db: Queryable, mentions: readonly Mention[]): Promise<Mention[]> {
  const { rows } = await db.raw<{ rows: { message_id: string; user_id: string }[] }>(
    `insert into mentions (message_id, user_id)
     select distinct "messageId", "userId"
       from jsonb_to_recordset(:mentions::jsonb) as m ("messageId" uuid, "userId" uuid)
      order by 1, 2
     on conflict do nothing returning message_id, user_id`,
    { mentions: JSON.stringify(mentions) },
  );
  return rows.map((row) => ({ messageId: row.message_id, userId: row.user_id }));
}

/**
 * Records which of the known mentions the texts of edited messages still contain. Returns those
 * that this changes.
 */
export async function updateMentions(
  db: Queryable,
  edited: readonly { messageId: string; userIds: readonly string[] }[],
): Promise<Mention[]> {
  const { rows } = await db.raw<{ rows: Mention[] }>(
    `with found as (
       select x.message_id, x.user_id, n.user_id is not null as in_text
         from mentions x
         left join unnest(:messages::uuid[], :users::uuid[]) as n (message_id, user_id)
           on n.message_id = x.message_id and n.user_id = x.user_id
        where x.message_id = any(:edited)
     )
     update mentions x set in_text = f.in_text from found f
      where x.message_id = f.message_id and x.user_id = f.user_id and x.in_text <> f.in_text
     returning x.message_id as "messageId", x.user_id as "userId"`,
    {
      edited: edited.map(({ messageId }) => messageId),
      messages: edited.flatMap(({ messageId, userIds }) => userIds.map(() => messageId)),
      users: edited.flatMap(({ userIds }) => userIds),
    },
  );
  return rows;
}

/** Counts the mentions in users' unread rows again. Returns the rows that this changes. */
export async function recountMentions(
  db: Queryable,
  changed: readonly { roomId: string; userId: string }[],
): Promise<Delivered[]> {
  const { rows } = await db.raw<{ rows: NotificationRow[] }>(
    `update notifications n set mentions = found.mentions
       from notifications own
      cross join lateral (
        select least(count(*), :maxCount) as mentions from counted_messages c
          join mentions x on x.message_id = c.id and x.user_id = own.user_id and x.in_text
         where c.room_id = own.room_id and c.seq >= coalesce(own.first_seq, own.last_seq)
           and own.user_id = any(c.recipients)
      ) found
      where n.id = own.id and n.mentions <> found.mentions and ${isUnread}
        and (own.room_id, own.user_id) in (select * from unnest(:roomIds::uuid[], :userIds::uuid[]))
     returning ${columnsOf('n')}`,
    {
      roomIds: changed.map(({ roomId }) => roomId),
      userIds: changed.map(({ userId }) => userId),
      maxCount,
    },
  );
  return rows.map(toDelivered);
}

export async function forgetMentions(db: Queryable, messageIds: readonly string[]): Promise<void> {
  await db('mentions').whereRaw('message_id = any(:messageIds)', { messageIds }).delete();
}

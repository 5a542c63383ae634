import type { Queryable } from '@parley/database';

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

export async function forgetMentions(db: Queryable, messageIds: readonly string[]): Promise<void> {
  await db('mentions').whereRaw('message_id = any(:messageIds)', { messageIds }).delete();
}

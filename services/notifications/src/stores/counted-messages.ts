// The messages that unread rows count. The rows of a room are derived from them, so the room must
// be locked.

import type { Queryable } from '@parley/database';
import type { CountedMessage, NotedMessage } from '../domain/message-note.ts';

/** Older messages of a room, counted in its changes, are forgotten: no row shows such a count. */
const keptChanges = 5_000;

/** Adds messages, or further recipients of known ones. */
export async function addCounted(db: Queryable, messages: readonly CountedMessage[]): Promise<void> {
  await db.raw(
    `insert into counted_messages as m
            (room_id, seq, id, changed_seq, sender_id, sender_name, sender_is_bot, preview, recipients)
     select "roomId", seq, id, "changedSeq", "userId", username, "isBot", preview,
            array(select jsonb_array_elements_text(v.recipients)::uuid)
       from jsonb_to_recordset(:messages::jsonb) as v (
              "roomId" uuid, seq bigint, id uuid, "changedSeq" bigint, "userId" uuid, username text,
              "isBot" boolean, preview text, recipients jsonb)
     on conflict (room_id, seq) do update
        set recipients = array(select distinct unnest(m.recipients || excluded.recipients))`,
    { messages: JSON.stringify(messages) },
  );
}

/**
 * Counts messages that were published before for further users. Where a user's row begins later,
 * or there is none, the messages in between have been read and no longer count for that user.
 */
export async function countLate(db: Queryable, messages: readonly CountedMessage[]): Promise<void> {
  const pairs = messages.flatMap(({ roomId, seq, recipients }) =>
    recipients.map((userId) => ({ roomId, seq, userId })),
  );
  await db.raw(
    `with late as (
       select v.room_id, v.user_id, min(v.seq) as seq,
              min(coalesce(n.first_seq, n.last_seq, 9223372036854775807)) as begins
         from unnest(:roomIds::uuid[], :userIds::uuid[], :seqs::bigint[]) as v (room_id, user_id, seq)
         left join notifications n on n.room_id = v.room_id and n.user_id = v.user_id
          and n.type = 'message' and not n.is_read and n.deleted_at is null
        group by v.room_id, v.user_id
     )
     update counted_messages c
        set recipients = array(
          select recipient from unnest(c.recipients) as kept (recipient)
           where not exists (select from late l
                              where l.room_id = c.room_id and l.user_id = recipient
                                and c.seq >= l.seq and c.seq < l.begins))
      where exists (select from late l
                     where l.room_id = c.room_id and l.user_id = any(c.recipients)
                       and c.seq >= l.seq and c.seq < l.begins)`,
    {
      roomIds: pairs.map(({ roomId }) => roomId),
      userIds: pairs.map(({ userId }) => userId),
      seqs: pairs.map(({ seq }) => seq),
    },
  );
  await addCounted(db, messages);
}

/** `seq` → the users whose rows count the message. */
export async function findCounted(
  db: Queryable,
  roomId: string,
  seqs: readonly number[],
): Promise<Map<number, Set<string>>> {
  const rows: { seq: number; recipients: string[] }[] = await db('counted_messages')
    .where({ room_id: roomId })
    .whereRaw('seq = any(:seqs)', { seqs })
    .select('seq', 'recipients');
  return new Map(rows.map(({ seq, recipients }) => [seq, new Set(recipients)]));
}

/**
 * Replaces the text of edited messages, unless a later text is known. Returns the ids of those that
 * have been replaced.
 */
export async function editCounted(db: Queryable, messages: readonly NotedMessage[]): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `update counted_messages m
        set changed_seq = v."changedSeq", sender_name = v.username, preview = v.preview
       from jsonb_to_recordset(:messages::jsonb) as v (
              "roomId" uuid, seq bigint, "changedSeq" bigint, username text, preview text)
      where m.room_id = v."roomId" and m.seq = v.seq and m.changed_seq < v."changedSeq"
     returning m.id`,
    { messages: JSON.stringify(messages) },
  );
  return new Set(rows.map(({ id }) => id));
}

export async function removeCounted(
  db: Queryable,
  messages: readonly { roomId: string; seq: number }[],
): Promise<void> {
  await db.raw(
    `delete from counted_messages m
      using unnest(:roomIds::uuid[], :seqs::bigint[]) as gone (room_id, seq)
      where m.room_id = gone.room_id and m.seq = gone.seq`,
    { roomIds: messages.map(({ roomId }) => roomId), seqs: messages.map(({ seq }) => seq) },
  );
}

/** Forgets the messages of these rooms that no unread row counts any longer, and very old ones. */
export async function forgetCounted(db: Queryable, roomIds: readonly string[]): Promise<void> {
  await db.raw(
    `delete from counted_messages m
      using (
        select r.id, greatest(r.told_seq - :keptChanges,
                              coalesce(min(n.first_seq), r.told_seq + 1)) as first_seq
          from rooms r
          left join notifications n on n.room_id = r.id and n.type = 'message'
                                   and not n.is_read and n.deleted_at is null
         where r.id = any(:roomIds) group by r.id
      ) kept
      where m.room_id = kept.id and m.seq < kept.first_seq`,
    { roomIds, keptChanges },
  );
}

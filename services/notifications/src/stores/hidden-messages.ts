// Messages that a user no longer sees in the inbox. The rooms must be locked to hide them.

import type { Queryable } from '@parley/database';
import { blankColumns, type Removed } from './notification-row.ts';

export interface HiddenMessage {
  id: string;
  roomId: string;
  seq: number;
  userId: string;
}

const counts = `n.type = 'message' and not n.is_read and n.deleted_at is null
                and v.seq between coalesce(n.first_seq, n.last_seq) and n.last_seq`;

/** The users whose rows show or may count these messages. */
export async function findViewers(
  db: Queryable,
  messages: readonly { id: string; roomId: string; seq: number }[],
): Promise<HiddenMessage[]> {
  const { rows } = await db.raw<{ rows: HiddenMessage[] }>(
    `with v as (select * from unnest(:ids::uuid[], :roomIds::uuid[], :seqs::bigint[]) as v (id, room_id, seq))
     select v.id, v.room_id as "roomId", v.seq, n.user_id as "userId"
       from v join notifications n on n.subject_id = v.id and n.type = 'message' and n.deleted_at is null
      union
     select v.id, v.room_id, v.seq, n.user_id
       from v join notifications n on n.room_id = v.room_id and ${counts}`,
    columnsOf(messages),
  );
  return rows;
}

/**
 * The messages no longer count for these users. Deletes the read rows that show them; returns these
 * and the ids of the unread rows, to be derived again.
 */
export async function hideMessages(
  db: Queryable,
  hidden: readonly HiddenMessage[],
  now: Date,
): Promise<{ removed: Removed[]; unread: string[] }> {
  const values = { ...columnsOf(hidden), userIds: hidden.map(({ userId }) => userId), now };
  const given = 'unnest(:ids::uuid[], :roomIds::uuid[], :seqs::bigint[], :userIds::uuid[])';
  await db.raw(
    `update counted_messages m
        set recipients = array(select kept from unnest(m.recipients) as kept where kept <> all(h.user_ids))
       from (select room_id, seq, array_agg(user_id) as user_ids
               from ${given} as v (id, room_id, seq, user_id) group by room_id, seq) h
      where m.room_id = h.room_id and m.seq = h.seq`,
    values,
  );
  const { rows: removed } = await db.raw<{ rows: Removed[] }>(
    `update notifications n set deleted_at = :now, ${blankColumns}
       from ${given} as v (id, room_id, seq, user_id)
      where n.subject_id = v.id and n.user_id = v.user_id and n.type = 'message' and n.is_read
        and n.deleted_at is null
     returning n.id, n.user_id as "userId"`,
    values,
  );
  const { rows: unread } = await db.raw<{ rows: { id: string }[] }>(
    `select distinct n.id from ${given} as v (id, room_id, seq, user_id)
       join notifications n on n.room_id = v.room_id and n.user_id = v.user_id and ${counts}`,
    values,
  );
  return { removed, unread: unread.map(({ id }) => id) };
}

const columnsOf = (messages: readonly { id: string; roomId: string; seq: number }[]) => ({
  ids: messages.map(({ id }) => id),
  roomIds: messages.map(({ roomId }) => roomId),
  seqs: messages.map(({ seq }) => seq),
});

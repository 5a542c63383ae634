// The users whom messages mention, for unread counts. A mention of all members is one row.

import type { Queryable, Transaction } from '@parley/database';
import type { Features } from './new-entry.ts';

/** Stands for all members of a room. */
export const everybody = '00000000-0000-0000-0000-000000000000';

/** Inserts the mentions of new messages, of the table `numbered`. An author's own do not count. */
export const insertMentions = ({ threads }: Features): string => `
  insert into mentions (room_id, seq, user_id, since_seq${threads ? ', root_seq' : ''})
  select distinct f.room_id, f.seq, coalesce(x."userId", '${everybody}'), f.seq
         ${threads ? ', f.root_seq' : ''}
    from numbered f cross join lateral jsonb_to_recordset(f.mentions) as x ("userId" uuid)
   where x."userId" is distinct from f.sender_id`;

/** The users whom a changed message mentions. */
export interface ChangedMentions {
  roomId: string;
  seq: number;
  /** User → the change that mentions the user, if it is the first one. */
  since: ReadonlyMap<string, number>;
  /** Those who were mentioned before mentions were stored. */
  earlier: readonly string[];
}

/**
 * Stores whom edited messages mention now. A mention that is removed and added again is the same
 * one, so a user who has read it is not alerted again. The rooms must be locked.
 */
export async function storeMentions(trx: Transaction, changed: readonly ChangedMentions[]): Promise<void> {
  const rows = changed.flatMap(({ roomId, seq, since, earlier }) => [
    ...earlier.map((userId) => ({ roomId, seq, userId, since: seq, active: since.has(userId) })),
    ...[...since]
      .filter(([userId]) => !earlier.includes(userId))
      .map(([userId, number]) => ({ roomId, seq, userId, since: number, active: true })),
  ]);
  await trx.raw(
    `with given as (
       select * from jsonb_to_recordset(:rows::jsonb)
                  as v ("roomId" uuid, seq bigint, "userId" uuid, since bigint, active boolean)
     ), removed as (
       update mentions m set active = false
         from unnest(:rooms::uuid[], :seqs::bigint[]) as e (room_id, seq)
        where m.room_id = e.room_id and m.seq = e.seq and m.active
          and not exists (select from given g
                           where g."roomId" = m.room_id and g.seq = m.seq and g."userId" = m.user_id
                             and g.active)
     )
     insert into mentions (room_id, seq, user_id, since_seq, active, root_seq)
     select g."roomId", g.seq, g."userId", g.since, g.active, t.thread_root_seq
       from given g join timeline t on t.room_id = g."roomId" and t.seq = g.seq
     on conflict (room_id, seq, user_id) do update set active = true
      where not mentions.active and excluded.active`,
    {
      rows: JSON.stringify(rows),
      rooms: changed.map(({ roomId }) => roomId),
      seqs: changed.map(({ seq }) => seq),
    },
  );
}

/** Messages that are deleted mention nobody. */
export async function deleteMentions(
  db: Queryable,
  messages: readonly { roomId: string; seq: number }[],
): Promise<void> {
  await db.raw(
    `delete from mentions m using unnest(:rooms::uuid[], :seqs::bigint[]) as gone (room_id, seq)
      where m.room_id = gone.room_id and m.seq = gone.seq`,
    { rooms: messages.map(({ roomId }) => roomId), seqs: messages.map(({ seq }) => seq) },
  );
}

/** The unread counts of an erased user. */
export async function forgetMentionsOf(db: Queryable, roomId: string, userId: string): Promise<void> {
  await db('mentions').where({ room_id: roomId, user_id: userId }).delete();
}

import type { Queryable, Transaction } from '@parley/database';
import type { StoredThread } from '../domain/thread-position.ts';

// Users' positions in threads, numbered by their room's `read_seq`.

export interface UserThread {
  roomId: string;
  userId: string;
  rootSeq: number;
}

/** A user's position in a thread, in all threads of its room, and the thread's last reply. */
export interface FoundThread extends UserThread {
  stored: StoredThread;
  inThreads: number;
  last: number;
}

/** Locks the rooms, in id order. */
export async function findThreads(trx: Transaction, asked: readonly UserThread[]): Promise<FoundThread[]> {
  const values = {
    rooms: asked.map(({ roomId }) => roomId),
    users: asked.map(({ userId }) => userId),
    roots: asked.map(({ rootSeq }) => rootSeq),
  };
  await trx.raw('select from rooms where id = any(:rooms::uuid[]) order by id for update', values);
  const { rows } = await trx.raw<{
    rows: (UserThread & StoredThread & Pick<FoundThread, 'inThreads' | 'last'>)[];
  }>(
    `select a.room_id as "roomId", a.user_id as "userId", a.root_seq as "rootSeq",
            coalesce(t.seq, 0) as seq, coalesce(t.threads_seq, 0) as "threadsSeq", t.following,
            coalesce(p.threads_seq, p.seq, 0) as "inThreads", coalesce(l.seq, a.root_seq) as last
       from unnest(:rooms::uuid[], :users::uuid[], :roots::bigint[]) as a (room_id, user_id, root_seq)
       left join thread_positions t
         on t.room_id = a.room_id and t.user_id = a.user_id and t.root_seq = a.root_seq
       left join read_positions p on p.room_id = a.room_id and p.user_id = a.user_id
       left join lateral (
         select r.seq from timeline r where r.room_id = a.room_id and r.thread_root_seq = a.root_seq
          order by r.seq desc limit 1
       ) l on true`,
    values,
  );
  return rows.map(({ seq, threadsSeq, following, ...found }) => ({
    ...found,
    stored: { seq, threadsSeq, following },
  }));
}

/** Stores positions, each under the next `read_seq` of its room. The rooms must be locked. */
export async function storeThreads(
  trx: Transaction,
  threads: readonly (UserThread & { stored: StoredThread })[],
): Promise<void> {
  await trx.raw(
    `with moved as (
       select *, row_number() over (partition by "roomId" order by "userId", "rootSeq") as step
         from jsonb_to_recordset(:threads::jsonb) as m (
                "roomId" uuid, "userId" uuid, "rootSeq" bigint, seq bigint, "threadsSeq" bigint,
                following boolean)
     ), counted as (
       update rooms r set read_seq = r.read_seq + top.steps
         from (select "roomId", max(step) as steps from moved group by 1) top
        where r.id = top."roomId"
       returning r.id, r.read_seq - top.steps as read_seq
     )
     insert into thread_positions (room_id, user_id, root_seq, seq, threads_seq, following, changed_seq)
     select "roomId", "userId", "rootSeq", seq, "threadsSeq", following, c.read_seq + step
       from moved join counted c on c.id = "roomId"
     on conflict (room_id, user_id, root_seq) do update
       set seq = excluded.seq, threads_seq = excluded.threads_seq, following = excluded.following,
           changed_seq = excluded.changed_seq`,
    { threads: JSON.stringify(threads.map(({ stored, ...thread }) => ({ ...thread, ...stored }))) },
  );
}

/** Those of an erased user in a room. */
export async function deleteThreadPositions(db: Queryable, roomId: string, userId: string): Promise<void> {
  await db('thread_positions').where({ room_id: roomId, user_id: userId }).delete();
}

import type { Database, Queryable, Transaction } from '@parley/database';
import type { Move } from './shares.ts';

// The former database of a share and the next one keep notes about its move.

/** Begins to record which rooms of the share change, once no transaction is left that did not. */
export async function watchShare(source: Database, { id, share }: Move): Promise<void> {
  await source.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: { off: boolean }[] }>(
      `select bool_or(tgenabled = 'D') as off from pg_trigger where tgname in ('watch_rooms', 'watch_members')
          and tgrelid in ('rooms'::regclass, 'members'::regclass)`,
    );
    if (rows[0]?.off) {
      await trx.raw("set local lock_timeout = '3s'");
      await trx.raw('alter table rooms enable trigger watch_rooms');
      await trx.raw('alter table members enable trigger watch_members');
    }
    await lockShare(trx, share);
    await trx('leaving_shares')
      .insert({ share, move: id, departed: false })
      .onConflict('share')
      .merge(['move', 'departed']);
  });
}

/** Refuses writes to the share, once no transaction is left that has written to it. */
export async function setDeparted(source: Database, { id, share }: Move): Promise<void> {
  await source.transaction(async (trx) => {
    await lockShare(trx, share);
    const changed = await trx('leaving_shares').where({ share, move: id }).update({ departed: true });
    if (changed === 0) throw new Error(`another move of share ${share} has begun`);
  });
}

const lockShare = (trx: Transaction, share: number) =>
  trx.raw("select pg_advisory_xact_lock(hashtext('parley.share'), :share)", { share });

/** Rooms that have changed since they were taken last, at most `limit` changes. */
export async function takeTouched(
  source: Queryable,
  share: number,
  limit: number,
): Promise<{ changes: number; rooms: string[]; withMembers: string[] }> {
  const { rows } = await source.raw<{ rows: { room_id: string; by_member: boolean }[] }>(
    `delete from touched_rooms where id in (
       select id from touched_rooms where share = :share order by id limit :limit)
     returning room_id, by_member`,
    { share, limit },
  );
  return {
    changes: rows.length,
    rooms: [...new Set(rows.map((row) => row.room_id))],
    withMembers: [...new Set(rows.flatMap((row) => (row.by_member ? [row.room_id] : [])))],
  };
}

/** Prepares the database for a share. Rows of an earlier stay must have been deleted. */
export const receiveShare = (target: Database, { id, share }: Move): Promise<void> =>
  target.transaction(async (trx) => {
    await trx('arriving_shares').insert({ share, move: id }).onConflict('share').merge(['move']);
    await trx('leaving_shares').where({ share }).delete();
  });

/** From now on, this move cannot write to the database any more. */
export const endArrival = (target: Database, move: Move): Promise<void> =>
  whileArriving(target, move, async (trx) => {
    await trx('arriving_shares').where({ share: move.share }).delete();
  });

/** An earlier move of the share, which may be stalled, must not write over a later one. */
export function whileArriving<T>(
  target: Database,
  { id, share }: Move,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  return target.transaction(async (trx) => {
    const found = await trx('arriving_shares').where({ share, move: id }).forShare().first('share');
    if (!found) throw new Error(`another move of share ${share} has begun`);
    return work(trx);
  });
}

/** Ends recording which rooms change, and allows writes, unless another move has begun. */
export async function endDeparture(source: Database, { id, share }: Move): Promise<void> {
  await source.transaction(async (trx) => {
    await lockShare(trx, share);
    const ended = await trx('leaving_shares').where({ share, move: id }).delete();
    if (ended === 0) throw new Error(`another move of share ${share} has begun`);
    await trx('touched_rooms').where({ share }).delete();
  });
}

/** Whether the share was in this database before. */
export const hasLeft = async (db: Queryable, share: number): Promise<boolean> =>
  (await db('leaving_shares').where({ share, departed: true }).first('share')) !== undefined;

import type { Transaction } from '@parley/database';

// Rows that nobody needs any longer. Each call deletes a limited number of them and returns whether
// there may be more.

interface Old {
  before: Date;
  limit: number;
}

/** Rows that were deleted before that time. */
export async function forgetDeletedRows(trx: Transaction, { before, limit }: Old): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from notifications where ctid = any(array(
       select ctid from notifications where deleted_at < :before limit :limit for update skip locked))`,
    { before, limit },
  );
  return rowCount === limit;
}

/** Rooms per call. */
const closedAtOnce = 100;

/** The members of deleted rooms, which nobody enters again. */
export async function forgetClosedRooms(trx: Transaction, { limit }: Pick<Old, 'limit'>): Promise<boolean> {
  const closed: string[] = await trx('rooms')
    .where({ closed: true, forgotten: false })
    .orderBy('id')
    .limit(closedAtOnce)
    .pluck('id');
  if (closed.length === 0) return false;
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from members where ctid = any(array(
       select ctid from members where room_id = any(:closed) limit :limit for update skip locked))`,
    { closed, limit },
  );
  if (rowCount === limit) return true;
  await trx('rooms').whereRaw('id = any(:closed)', { closed }).update({ forgotten: true });
  return closed.length === closedAtOnce;
}

/**
 * Those who have not been members since that time. Their rooms store the highest version that is
 * forgotten. Locks the rooms first, in id order, as all batches do.
 */
export async function forgetFormerMembers(trx: Transaction, { before, limit }: Old): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { found: number }[] }>(
    `with found as (
       select room_id, user_id from members where not active and changed_at < :before
        order by changed_at limit :limit
     ), locked as (
       select id from rooms where id in (select room_id from found) order by id for update
     ), kept as (
       update members m set changed_at = 'infinity' from found f
        where m.room_id = f.room_id and m.user_id = f.user_id and not m.active
          and f.room_id not in (select id from locked)
     ), gone as (
       delete from members m using found f join locked l on l.id = f.room_id
        where m.room_id = f.room_id and m.user_id = f.user_id and not m.active and m.changed_at < :before
       returning m.room_id, m.version
     ), remembered as (
       update rooms r set forgotten_version = greatest(r.forgotten_version, top.version)
         from (select room_id, max(version) as version from gone group by room_id) top
        where r.id = top.room_id
     )
     select count(*)::int as found from found`,
    { before, limit },
  );
  return rows[0]?.found === limit;
}

import type { Transaction } from '@parley/database';

// Rows that nobody needs any longer. Each call deletes a limited number of them and returns whether
// there may be more.

interface Old {
  before: Date;
  limit: number;
}

/** Withdrawals from before that time, and inactive reactions of earlier releases. */
export async function forgetWithdrawals(trx: Transaction, old: Old): Promise<boolean> {
  const counts = [
    await deleteSome(trx, 'withdrawn_reactions', 'withdrawn_at < :before', old),
    await deleteSome(trx, 'reactions', 'not active and reacted_at < :before', old),
  ];
  return counts.includes(old.limit);
}

/** Rooms per call. */
const closedAtOnce = 100;

/** The reactions, mentions and positions of rooms that were closed before that time. */
export async function forgetClosedRooms(trx: Transaction, old: Old): Promise<boolean> {
  const closed: string[] = await trx('rooms')
    .where('closed_at', '<', old.before)
    .where({ forgotten: false })
    .orderBy('closed_at')
    .limit(closedAtOnce)
    .pluck('id');
  if (closed.length === 0) return false;
  const counts = [
    await deleteSome(trx, 'reactions', 'room_id = any(:closed)', { ...old, closed }),
    await deleteSome(trx, 'mentions', 'room_id = any(:closed)', { ...old, closed }),
    await deleteSome(trx, 'read_positions', 'room_id = any(:closed)', { ...old, closed }),
    await deleteSome(trx, 'thread_positions', 'room_id = any(:closed)', { ...old, closed }),
  ];
  if (counts.includes(old.limit)) return true;
  await trx('rooms').whereRaw('id = any(:closed)', { closed }).update({ forgotten: true });
  return closed.length === closedAtOnce;
}

/**
 * Those who have not been members since that time. Their rooms store the highest version that is
 * forgotten. The two users of a direct room stay, because they address its changes. Locks the rooms
 * first, in id order, as all batches do.
 */
export async function forgetFormerMembers(trx: Transaction, { before, limit }: Old): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { found: number }[] }>(
    `with found as (
       select room_id, user_id from members where not active and changed_at < :before
        order by changed_at limit :limit
     ), locked as (
       select id, (kind = 'direct' and closed_at is null) as keeps from rooms
        where id in (select room_id from found) order by id for update
     ), kept as (
       update members m set changed_at = 'infinity'
         from found f left join locked l on l.id = f.room_id
        where m.room_id = f.room_id and m.user_id = f.user_id and coalesce(l.keeps, true)
          and not m.active
     ), gone as (
       delete from members m using found f join locked l on l.id = f.room_id and not l.keeps
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

async function deleteSome(
  trx: Transaction,
  table: string,
  where: string,
  values: Old & { closed?: string[] },
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from ${table} where ctid = any(array(
       select ctid from ${table} where ${where} limit :limit for update skip locked))`,
    { ...values },
  );
  return rowCount;
}

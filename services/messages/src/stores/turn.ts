import type { Queryable } from '@parley/database';

/**
 * The lease of the replica that sweeps, in the database's time. It spares replicas the same work.
 * Two holders do no harm, which can happen if one stalls for longer than its lease.
 */
export interface Lease {
  holder: string;
  ms: number;
}

interface Turn {
  mine: boolean;
  /** When any replica last completed a sweep. */
  sweptAt: Date | null;
}

/** Takes the turn if it is free and the last sweep was completed at least `everyMs` ago. */
export async function takeTurn(db: Queryable, lease: Lease, everyMs: number): Promise<Turn> {
  const { rows } = await db.raw<{ rows: Turn[] }>(
    `with taken as (
       update retention_turn set holder = :holder, held_until = now() + :ms * interval '1 ms'
        where (held_until is null or held_until < now())
          and (swept_at is null or swept_at <= now() - :everyMs * interval '1 ms')
       returning 1
     )
     select exists (select from taken) as mine, swept_at as "sweptAt" from retention_turn`,
    { ...lease, everyMs },
  );
  return rows[0] ?? { mine: false, sweptAt: null };
}

/** Extends the lease; returns false if it is no longer ours. */
export async function keepTurn(db: Queryable, lease: Lease): Promise<boolean> {
  const until = db.raw("now() + ? * interval '1 ms'", [lease.ms]);
  return (await held(db, lease).update({ held_until: until })) > 0;
}

/** Releases the lease. @param completed whether all rooms have been swept */
export async function endTurn(db: Queryable, lease: Lease, completed: boolean): Promise<void> {
  await held(db, lease).update({
    holder: null,
    held_until: null,
    ...(completed && { swept_at: db.raw('now()') }),
  });
}

const held = (db: Queryable, { holder }: Lease) => db('retention_turn').where({ holder });

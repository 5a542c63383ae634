import type { Queryable } from '@parley/database';

export interface Turn {
  mine: boolean;
  /** When any replica last completed a sweep. */
  sweptAt: Date | null;
}

/**
 * The lease of the replica that sweeps, in the database's time. It spares replicas the same work.
 * Two holders do no harm, which can happen if one stalls for longer than its lease.
 */
export class TurnStore {
  readonly #holder: string;
  readonly #leaseMs: number;

  constructor(holder: string, leaseMs: number) {
    this.#holder = holder;
    this.#leaseMs = leaseMs;
  }

  /** Takes the turn if it is free and the last sweep was completed at least `everyMs` ago. */
  async take(db: Queryable, everyMs: number): Promise<Turn> {
    const { rows } = await db.raw<{ rows: Turn[] }>(
      `with taken as (
         update retention_turn set holder = :holder, held_until = now() + :leaseMs * interval '1 ms'
          where (held_until is null or held_until < now())
            and (swept_at is null or swept_at <= now() - :everyMs * interval '1 ms')
         returning 1
       )
       select exists (select from taken) as mine, swept_at as "sweptAt" from retention_turn`,
      { holder: this.#holder, leaseMs: this.#leaseMs, everyMs },
    );
    return rows[0] ?? { mine: false, sweptAt: null };
  }

  /** Extends the lease; returns false if it is no longer ours. */
  async keep(db: Queryable): Promise<boolean> {
    const until = db.raw("now() + ? * interval '1 ms'", [this.#leaseMs]);
    return (await this.#ours(db).update({ held_until: until })) > 0;
  }

  /** Releases the lease. @param completed whether all rooms have been swept */
  async end(db: Queryable, completed: boolean): Promise<void> {
    await this.#ours(db).update({
      holder: null,
      held_until: null,
      ...(completed && { swept_at: db.raw('now()') }),
    });
  }

  #ours(db: Queryable) {
    return db('retention_turn').where({ holder: this.#holder });
  }
}

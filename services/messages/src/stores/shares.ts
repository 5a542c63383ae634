import type { Database, Queryable } from '@parley/database';

// The map of the home database: which database holds which share of the rooms.

/** Identifies a database, whatever its address is. */
export async function databaseId(db: Queryable): Promise<string> {
  const row: { id: string } | undefined = await db('this_database').first('id');
  if (!row) throw new Error('the database has no identity');
  return row.id;
}

/** A share that is not in the home database, or was moved. Others have no row. */
export interface MappedShare {
  share: number;
  /** Its database's id. */
  database: string;
  /** Nothing is written to its rooms. */
  paused: boolean;
}

export const readShares = (home: Queryable): Promise<MappedShare[]> =>
  home('shares').select('share', 'database', 'paused');

/** Reads the map, and records which version of it the process uses. */
export async function readMap(
  home: Queryable,
  process: string,
  uses: number,
): Promise<{ version: number; shares: MappedShare[] }> {
  const { rows } = await home.raw<{ rows: { version: number; shares: MappedShare[] | null }[] }>(
    `with seen as (
       insert into share_map_readers (process, version, seen_at) values (:process, :uses, clock_timestamp())
       on conflict (process) do update set version = excluded.version, seen_at = excluded.seen_at
     )
     select version, (select json_agg(s) from (select share, database, paused from shares) s) as shares
       from share_map`,
    { process, uses },
  );
  return { version: rows[0]?.version ?? 0, shares: rows[0]?.shares ?? [] };
}

export const forgetReader = (home: Queryable, process: string): Promise<number> =>
  home('share_map_readers').where({ process }).delete();

/** Of one move of a share. */
export interface Move {
  id: string;
  share: number;
}

/**
 * From now on, earlier moves of the share fail. Returns where the share is, and the version of the
 * map.
 * @param homeId where a share is that has no row
 */
export const startMove = (
  home: Database,
  { id, share }: Move,
  homeId: string,
): Promise<{ database: string; version: number }> =>
  changeMap(home, async (trx) => {
    const [row] = await trx('shares')
      .insert({ share, database: homeId, move: id })
      .onConflict('share')
      .merge(['move'])
      .returning<{ database: string }[]>('database');
    return { database: row?.database ?? homeId };
  });

/** @throws Error if another move of the share has begun */
export const changeShare = (
  home: Database,
  { id, share }: Move,
  change: { database?: string; paused?: boolean },
): Promise<{ version: number }> =>
  changeMap(home, async (trx) => {
    const changed = await trx('shares').where({ share, move: id }).update(change);
    if (changed === 0) throw new Error(`another move of share ${share} has begun`);
    return {};
  });

/** Adds the new version of the map to the result. */
function changeMap<T extends object>(
  home: Database,
  change: (trx: Queryable) => Promise<T>,
): Promise<T & { version: number }> {
  return home.transaction(async (trx) => {
    const [row] = await trx('share_map').increment('version', 1).returning<{ version: number }[]>('version');
    return { ...(await change(trx)), version: row?.version ?? 0 };
  });
}

/** Whether a process that may still use the map uses an earlier version of it. */
export async function isVersionBehind(home: Queryable, version: number, validMs: number): Promise<boolean> {
  const { rows } = await home.raw<{ rows: { behind: boolean }[] }>(
    `select exists (select from share_map_readers
                     where version < :version and seen_at > now() - :validMs * interval '1 ms') as behind`,
    { version, validMs },
  );
  return rows[0]?.behind === true;
}

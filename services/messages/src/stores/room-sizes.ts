import { prepared, type Queryable } from '@parley/database';

const selectLarger = prepared<{ id: string }>(
  'larger-rooms',
  `select asked.id
     from unnest((select $1::uuid[])) as asked (id)
    cross join lateral (
      select count(*) as members from (
        select 1 from members m where m.room_id = asked.id and m.active limit (select $2::int + 1)
      ) counted
    ) size
    where size.members > $2::int`,
);

/** Those of the rooms with more than `size` members. Counts no further than that. */
export async function roomsLargerThan(
  db: Queryable,
  roomIds: readonly string[],
  size: number,
): Promise<string[]> {
  const rows = await selectLarger(db, roomIds, size);
  return rows.map(({ id }) => id);
}

import { prepared, type Queryable } from '@parley/database';

// Lists of ids for users who connect: one statement for several users.

interface ListRow {
  user_id: string;
  ids: string[];
}

/** @param list a query of ids about the user `asked.id`; `$2` limits it, and `Values` follow */
function idLists<Values extends readonly number[] = []>(name: string, list: string) {
  const select = prepared<ListRow>(
    name,
    `select asked.id as user_id, array(${list} limit (select $2::int)) as ids
       from unnest((select $1::uuid[])) as asked (id)`,
  );
  return async (
    db: Queryable,
    userIds: readonly string[],
    limit: number,
    ...values: Values
  ): Promise<Map<string, string[]>> =>
    new Map((await select(db, userIds, limit, ...values)).map((row) => [row.user_id, row.ids]));
}

/** The users' rooms except direct ones, last joined first. */
export const meetingRoomIds = idLists(
  'meeting-rooms',
  `select r.id from members m join rooms r on r.id = m.room_id and r.kind <> 'direct'
    where m.user_id = asked.id order by m.joined_at desc`,
);

/**
 * Those who have the user as a contact or share a direct room, except for blocks in either
 * direction.
 */
export const findAcquaintances = idLists(
  'acquaintances',
  `select k.id from (
     select user_id as id from contacts where contact_id = asked.id
     union
     select other.user_id from members mine
       join rooms r on r.id = mine.room_id and r.kind = 'direct'
       join members other on other.room_id = r.id and other.user_id <> asked.id
      where mine.user_id = asked.id
   ) k
    where not exists (
      select from blocks b where (b.user_id = k.id and b.blocked_id = asked.id)
                              or (b.user_id = asked.id and b.blocked_id = k.id))
    order by k.id`,
);

/** As `meetingRoomIds`, without rooms of more than `upTo` members. */
export const smallRoomIds = idLists<[upTo: number]>(
  'small-rooms',
  `select r.id from members m join rooms r on r.id = m.room_id and r.kind <> 'direct'
    where m.user_id = asked.id and r.member_count <= (select $3::int) order by m.joined_at desc`,
);

/** The users whom a user blocks. */
export const ownBlocksOf = idLists('own-blocks-of', 'select blocked_id from blocks where user_id = asked.id');

/** The users whom a user blocks or is blocked by. */
export const blocksOf = idLists(
  'blocks-of',
  `select blocked_id from blocks where user_id = asked.id
   union
   select user_id from blocks where blocked_id = asked.id`,
);

const selectLarge = prepared<{ id: string }>(
  'large-rooms',
  `select id from rooms where id = any((select $1::uuid[])::uuid[]) and member_count > (select $2::int)`,
);

/** Those of these rooms with more than `upTo` members. */
export const largeRoomIds = async (
  db: Queryable,
  roomIds: readonly string[],
  upTo: number,
): Promise<string[]> => (await selectLarge(db, roomIds, upTo)).map(({ id }) => id);

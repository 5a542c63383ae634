import { prepared, type Queryable } from '@parley/database';

/** Current members, without the author, who had joined before a message. */
export interface Reached {
  recipients: number;
  /** Includes those who have read it. */
  delivered: number;
  read: number;
}

const selectReached = prepared<Reached>(
  'reached',
  `select count(*)::int as recipients,
          (count(*) filter (where p.delivered_seq >= $3))::int as delivered,
          (count(*) filter (where p.seq >= $3))::int as read
     from members m left join read_positions p on p.room_id = m.room_id and p.user_id = m.user_id
    where m.room_id = $1 and m.user_id <> $2 and m.active and m.can_send and m.joined_seq < $3`,
);

/** Reads all members of the room. After a block in a direct room, neither user counts. */
export async function countReached(
  db: Queryable,
  roomId: string,
  authorId: string,
  seq: number,
): Promise<Reached> {
  const [row] = await selectReached(db, roomId, authorId, seq);
  return row ?? { recipients: 0, delivered: 0, read: 0 };
}

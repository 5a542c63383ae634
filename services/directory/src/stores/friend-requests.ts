import type { FriendRequest } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface RequestRow {
  id: string;
  from_id: string;
  from_name: string;
  from_is_bot: boolean;
  to_id: string;
  to_name: string;
  to_is_bot: boolean;
  accepted_at: Date | null;
  created_at: Date;
}

const toRequest = (row: RequestRow): FriendRequest => ({
  id: row.id,
  from: { userId: row.from_id, username: row.from_name, ...(row.from_is_bot && { isBot: true as const }) },
  to: { userId: row.to_id, username: row.to_name, ...(row.to_is_bot && { isBot: true as const }) },
  status: row.accepted_at ? 'accepted' : 'pending',
  createdAt: row.created_at.toISOString(),
});

const requests = (db: Queryable) =>
  db('friend_requests as r')
    .join('profiles as f', 'f.id', 'r.from_id')
    .join('profiles as t', 't.id', 'r.to_id')
    .select('r.*', 'f.username as from_name', 'f.is_bot as from_is_bot')
    .select('t.username as to_name', 't.is_bot as to_is_bot');

export async function findRequest(db: Queryable, id: string): Promise<FriendRequest | undefined> {
  const row: RequestRow | undefined = await requests(db).where('r.id', id).first();
  return row && toRequest(row);
}

export async function findRequestBetween(
  db: Queryable,
  a: string,
  b: string,
): Promise<FriendRequest | undefined> {
  const row: RequestRow | undefined = await requests(db)
    .whereRaw(
      `least(r.from_id, r.to_id) = least(?::uuid, ?::uuid)
       and greatest(r.from_id, r.to_id) = greatest(?::uuid, ?::uuid)`,
      [a, b, a, b],
    )
    .first();
  return row && toRequest(row);
}

export async function listPending(
  db: Queryable,
  userId: string,
  {
    direction,
    before,
    limit,
  }: { direction: 'incoming' | 'outgoing' | 'both'; before: string | undefined; limit: number },
): Promise<FriendRequest[]> {
  const query = requests(db)
    .whereNull('r.accepted_at')
    .andWhere((side) => {
      if (direction !== 'outgoing') side.orWhere('r.to_id', userId);
      if (direction !== 'incoming') side.orWhere('r.from_id', userId);
    })
    .orderBy('r.id', 'desc')
    .limit(limit);
  if (before) query.where('r.id', '<', before);
  const rows: RequestRow[] = await query;
  return rows.map(toRequest);
}

export const friendIds = (db: Queryable, userId: string) =>
  db('friend_requests')
    .whereNotNull('accepted_at')
    .andWhere((side) => side.where('from_id', userId).orWhere('to_id', userId))
    .select(db.raw('case when from_id = ? then to_id else from_id end', [userId]));

export async function countOutgoing(db: Queryable, userId: string): Promise<number> {
  const [row] = await db('friend_requests')
    .where({ from_id: userId })
    .whereNull('accepted_at')
    .count({ count: '*' });
  return Number(row?.count);
}

export async function insertRequest(
  trx: Queryable,
  request: { id: string; fromId: string; toId: string; now: Date },
): Promise<void> {
  await trx('friend_requests').insert({
    id: request.id,
    from_id: request.fromId,
    to_id: request.toId,
    created_at: request.now,
  });
}

export async function markAccepted(trx: Queryable, id: string, now: Date): Promise<void> {
  await trx('friend_requests').where({ id }).update({ accepted_at: now });
}

export async function deleteRequest(trx: Queryable, id: string): Promise<void> {
  await trx('friend_requests').where({ id }).delete();
}

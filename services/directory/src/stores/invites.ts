import type { RoomInvite } from '@parley/contracts';
import type { Queryable } from '@parley/database';

interface InviteRow {
  id: string;
  room_id: string;
  created_by: string | null;
  created_at: Date;
  expires_at: Date;
  max_uses: number | null;
  uses: number;
}

const toInvite = (row: InviteRow): RoomInvite => ({
  id: row.id,
  roomId: row.room_id,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  maxUses: row.max_uses,
  uses: row.uses,
});

const isUsable = 'expires_at > ? and (max_uses is null or uses < max_uses)';

export async function insertInvite(
  trx: Queryable,
  invite: RoomInvite & { tokenHash: Buffer },
): Promise<void> {
  await trx('invites').insert({
    id: invite.id,
    room_id: invite.roomId,
    token_hash: invite.tokenHash,
    created_by: invite.createdBy,
    created_at: new Date(invite.createdAt),
    expires_at: new Date(invite.expiresAt),
    max_uses: invite.maxUses,
  });
}

/** Newest first. The limit per room bounds the list. */
export async function findUsableInvites(db: Queryable, roomId: string, now: Date): Promise<RoomInvite[]> {
  const rows: InviteRow[] = await db('invites')
    .where({ room_id: roomId })
    .whereRaw(isUsable, [now])
    .orderBy('id', 'desc');
  return rows.map(toInvite);
}

export async function deleteSpentInvites(trx: Queryable, roomId: string, now: Date): Promise<void> {
  await trx('invites').where({ room_id: roomId }).whereRaw(`not (${isUsable})`, [now]).delete();
}

/** Includes spent invites, because a member may follow the invite again. */
export async function findInviteByHash(db: Queryable, tokenHash: Buffer): Promise<RoomInvite | undefined> {
  const row: InviteRow | undefined = await db('invites').where({ token_hash: tokenHash }).first();
  return row && toInvite(row);
}

/** Counts one use. Returns false if none is left. */
export async function spendInvite(trx: Queryable, id: string, now: Date): Promise<boolean> {
  const spent = await trx('invites').where({ id }).whereRaw(isUsable, [now]).increment('uses', 1);
  return Number(spent) > 0;
}

/** Ends the invites that these users have created to the room. */
export async function deleteInvitesOf(
  trx: Queryable,
  roomId: string,
  userIds: readonly string[],
): Promise<void> {
  await trx('invites').where({ room_id: roomId }).whereIn('created_by', userIds).delete();
}

/** Returns false if the room has no such invite. */
export async function deleteInvite(trx: Queryable, roomId: string, id: string): Promise<boolean> {
  return (await trx('invites').where({ room_id: roomId, id }).delete()) > 0;
}

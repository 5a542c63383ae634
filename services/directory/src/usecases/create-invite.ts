import { randomBytes } from 'node:crypto';
import type { RoomInvite } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken } from '@parley/runtime';
import type { Viewer } from '../domain/viewer.ts';
import { deleteSpentInvites, findUsableInvites, insertInvite } from '../stores/invites.ts';
import type { Context } from './context.ts';
import { lockRoomAs } from './room-access.ts';

/** For owners only. The token is returned once and never stored. */
export async function createInvite(
  context: Context,
  viewer: Viewer,
  roomId: string,
  { expiresInSeconds, maxUses }: { expiresInSeconds: number; maxUses?: number | undefined },
): Promise<RoomInvite & { token: string }> {
  const token = randomBytes(24).toString('base64url');
  return context.transact(async (tx) => {
    await lockRoomAs(tx, viewer, roomId, 'owner');
    await deleteSpentInvites(tx.trx, roomId, tx.now);
    if ((await findUsableInvites(tx.trx, roomId, tx.now)).length >= context.limits.invites.max)
      throw new AppError('limit_reached', context.limits.invites);
    const invite = {
      id: context.newId(),
      roomId,
      createdBy: viewer.userId,
      createdAt: tx.now.toISOString(),
      expiresAt: new Date(tx.now.getTime() + expiresInSeconds * 1_000).toISOString(),
      maxUses: maxUses ?? null,
      uses: 0,
    };
    await insertInvite(tx.trx, { ...invite, tokenHash: hashToken(token) });
    return { ...invite, token };
  });
}

import type { Viewer } from '../domain/viewer.ts';
import { deleteBan } from '../stores/bans.ts';
import type { Context } from './context.ts';
import { lockRoomAs } from './room-access.ts';

/** For owners and admins. Idempotent. */
export async function unbanUser(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userId: string,
): Promise<void> {
  await context.transact(async (tx) => {
    await lockRoomAs(tx, viewer, roomId, 'admin');
    await deleteBan(tx.trx, roomId, userId);
  });
}

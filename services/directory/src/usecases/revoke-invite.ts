import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { deleteInvite } from '../stores/invites.ts';
import type { Context } from './context.ts';
import { lockRoomAs } from './room-access.ts';

/** For owners and admins. A concurrent join either succeeds before or is refused. */
export async function revokeInvite(
  context: Context,
  viewer: Viewer,
  roomId: string,
  inviteId: string,
): Promise<void> {
  await context.transact(async (tx) => {
    await lockRoomAs(tx, viewer, roomId, 'admin');
    if (!(await deleteInvite(tx.trx, roomId, inviteId))) throw new AppError('invite_not_found');
  });
}

import { AppError } from '@parley/errors';
import { outranks, requireRole } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import type { Context } from './context.ts';
import { leaveAs } from './leave-room.ts';
import { dismiss } from './membership-changes.ts';
import { lockRoomAs } from './room-access.ts';

/** Owner and admins, of those in lower roles. Removing oneself is leaving. */
export async function removeMember(context: Context, viewer: Viewer, roomId: string, userId: string): Promise<void> {
  await context.transact(async (tx) => {
    const standing = await lockRoomAs(tx, viewer, roomId, 'member');
    if (userId === viewer.userId) {
      if (standing.room.memberCount === 1) throw new AppError('last_member');
      return leaveAs(tx, standing);
    }
    requireRole(standing.membership.role, 'admin');
    const target = await findMember(tx.trx, roomId, userId);
    if (!target) throw new AppError('user_not_found');
    if (!outranks(standing.membership.role, target.role)) throw new AppError('not_authorized');
    await dismiss(tx, standing.room, target, 'removed');
  });
}

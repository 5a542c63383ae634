import { AppError } from '@parley/errors';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import type { Context } from './context.ts';
import { changeMembers } from './membership-changes.ts';
import { forbidSelf } from './people.ts';
import { lockRoomAs } from './room-access.ts';

/** For owners only. `transferRoom` transfers ownership. */
export async function setMemberRole(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userId: string,
  role: 'admin' | 'member',
): Promise<void> {
  await context.transact(async (tx) => {
    const { room } = await lockRoomAs(tx, viewer, roomId, 'owner');
    forbidSelf(viewer, userId);
    const target = await findMember(tx.trx, roomId, userId);
    if (!target) throw new AppError('user_not_found');
    if (target.role !== role) await changeMembers(tx, room, [{ ...target, role }]);
  });
}

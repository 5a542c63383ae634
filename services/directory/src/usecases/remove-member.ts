import type { RoomView } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { outranks, requireRole } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember, findSuccessor } from '../stores/members.ts';
import { findRoomViews } from '../stores/room-views.ts';
import type { Context, Transaction } from './context.ts';
import { leaveAs } from './leave-room.ts';
import { deleteMembership } from './membership-changes.ts';
import { lockRoomAs, type Standing } from './room-access.ts';
import { changeOwner } from './transfer-room.ts';

/**
 * For owners and admins, against lower roles; removing oneself is leaving. Returns the room without
 * the member, even to a viewer who has just left it.
 * @param leavingOwner whether an owner's leaving is refused, or appoints a successor: the admin who
 * joined first, or else the member. Default `refuse`
 */
export async function removeMember(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userId: string,
  leavingOwner: 'refuse' | 'appoint successor' = 'refuse',
): Promise<RoomView> {
  await context.transact(async (tx) => {
    const standing = await lockRoomAs(tx, viewer, roomId, 'member');
    if (userId === viewer.userId) {
      if (standing.room.memberCount === 1) throw new AppError('last_member');
      return leavingOwner === 'refuse' ? leaveAs(tx, standing) : leaveToSuccessor(tx, standing);
    }
    requireRole(standing.membership.role, 'admin');
    const target = await findMember(tx.trx, roomId, userId);
    if (!target) throw new AppError('user_not_found');
    if (!outranks(standing.membership.role, target.role)) throw new AppError('not_authorized');
    return deleteMembership(tx, standing.room, target, 'removed');
  });
  const [room] = await findRoomViews(context.db, viewer.userId, [roomId]);
  if (!room) throw new AppError('room_not_found');
  return room;
}

async function leaveToSuccessor(tx: Transaction, { room, membership }: Standing): Promise<void> {
  const successor =
    membership.role === 'owner' ? await findSuccessor(tx.trx, room.id, membership.userId) : undefined;
  if (successor) await changeOwner(tx, room, membership, successor);
  return deleteMembership(tx, room, membership, 'left');
}

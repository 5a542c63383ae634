import type { RoomView } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { outranks, requireRole } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember, findSuccessor } from '../stores/members.ts';
import { findRoomViews } from '../stores/room-views.ts';
import type { Context, Transaction } from './context.ts';
import { leaveAs } from './leave-room.ts';
import { dismiss } from './membership-changes.ts';
import { lockRoomAs, type Standing } from './room-access.ts';
import { handOver } from './transfer-room.ts';

/**
 * Owner and admins, of those in lower roles. Removing oneself is leaving. Answers the room without that member, also to one
 * who has just left it.
 * @param owner whether an owner who removes themselves is refused, or succeeded by the longest-standing admin, else member. Default `stays`
 */
export async function removeMember(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userId: string,
  owner: 'stays' | 'is succeeded' = 'stays',
): Promise<RoomView> {
  await context.transact(async (tx) => {
    const standing = await lockRoomAs(tx, viewer, roomId, 'member');
    if (userId === viewer.userId) {
      if (standing.room.memberCount === 1) throw new AppError('last_member');
      return owner === 'stays' ? leaveAs(tx, standing) : leaveToHeir(tx, standing);
    }
    requireRole(standing.membership.role, 'admin');
    const target = await findMember(tx.trx, roomId, userId);
    if (!target) throw new AppError('user_not_found');
    if (!outranks(standing.membership.role, target.role)) throw new AppError('not_authorized');
    return dismiss(tx, standing.room, target, 'removed');
  });
  const [room] = await findRoomViews(context.db, viewer.userId, [roomId]);
  if (!room) throw new AppError('room_not_found');
  return room;
}

async function leaveToHeir(tx: Transaction, { room, membership }: Standing): Promise<void> {
  const heir =
    membership.role === 'owner' ? await findSuccessor(tx.trx, room.id, membership.userId) : undefined;
  if (heir) await handOver(tx, room, membership, heir);
  return dismiss(tx, room, membership, 'left');
}

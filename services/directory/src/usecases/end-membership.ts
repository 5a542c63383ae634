import { forEachLimit } from '@parley/runtime/async';
import { findMember, findSuccessor } from '../stores/members.ts';
import { lockRoom, removeRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { deleteMembership } from './membership-changes.ts';
import { changeOwner } from './transfer-room.ts';

/** Fewer than our database connections. */
const roomsAtOnce = 4;

/** Runs the work for each room, a few rooms at a time. */
export async function forEachRoom(
  roomIds: readonly string[],
  work: (roomId: string) => Promise<void>,
): Promise<void> {
  await forEachLimit(roomIds, roomsAtOnce, work);
}

/**
 * Ends a membership because of a change outside the room. If the user is the owner, the admin who
 * joined first becomes owner, or else the member who did. A room without members is deleted.
 */
export async function endMembership(
  context: Context,
  roomId: string,
  userId: string,
  reason: 'left' | 'removed',
): Promise<void> {
  await context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, roomId);
    const membership = room && (await findMember(tx.trx, roomId, userId));
    if (!membership) return;
    if (membership.role !== 'owner') return deleteMembership(tx, room, membership, reason);
    const successor = await findSuccessor(tx.trx, roomId, userId);
    if (!successor) {
      await removeRoom(tx.trx, roomId);
      return tx.emit('room.deleted', { roomId, by: userId });
    }
    await changeOwner(tx, room, membership, successor);
    await deleteMembership(tx, room, membership, reason);
  });
}

import { findMember, findSuccessor } from '../stores/members.ts';
import { lockRoom, removeRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { dismiss } from './membership-changes.ts';
import { handOver } from './transfer-room.ts';

/** Fewer than the database has connections for us. */
const roomsAtOnce = 4;

/** Whatever is to be done in many rooms: each in a transaction of its own, a few at a time. */
export async function inEachRoom(
  roomIds: readonly string[],
  work: (roomId: string) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < roomIds.length; first += roomsAtOnce) {
    await Promise.all(roomIds.slice(first, first + roomsAtOnce).map(work));
  }
}

/** Ends a membership that nobody asked to end in this room. An owner is succeeded by the longest-standing admin, else member; without one the room is deleted. */
export async function takeOut(
  context: Context,
  roomId: string,
  userId: string,
  reason: 'left' | 'removed',
): Promise<void> {
  await context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, roomId);
    const membership = room && (await findMember(tx.trx, roomId, userId));
    if (!membership) return;
    if (membership.role !== 'owner') return dismiss(tx, room, membership, reason);
    const heir = await findSuccessor(tx.trx, roomId, userId);
    if (!heir) {
      await removeRoom(tx.trx, roomId);
      return tx.emit('room.deleted', { roomId, by: userId });
    }
    await handOver(tx, room, membership, heir);
    await dismiss(tx, room, membership, reason);
  });
}

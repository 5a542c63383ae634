import { findMember, findSuccessor } from '../stores/members.ts';
import { findPeople, lockPeople, updateOrganization } from '../stores/profiles.ts';
import { foreignRoomIds, lockRoom, removeRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { dismiss } from './membership-changes.ts';
import { learnPerson } from './people.ts';
import { handOver } from './transfer-room.ts';

/** Fewer than the database has connections for us. */
const roomsAtOnce = 4;

/**
 * Somebody belongs to another organization, or to none: they leave the rooms of all others. Done room by room from what the tables say, so
 * that it may be repeated, also after a crash half-way; news that is older than what is known changes nothing.
 */
export async function changeOrganization(
  context: Context,
  { userId, organizationId, toldAt }: { userId: string; organizationId: string | null; toldAt: Date },
): Promise<void> {
  const known = (await findPeople(context.db, [userId])).has(userId) || (await learnPerson(context, userId));
  if (!known) return;
  const isNews = await context.transact(async ({ trx }) => {
    await lockPeople(trx, [userId]);
    return updateOrganization(trx, userId, organizationId, toldAt);
  });
  if (!isNews) return;
  const roomIds = await foreignRoomIds(context.db, userId, organizationId);
  for (let first = 0; first < roomIds.length; first += roomsAtOnce) {
    await Promise.all(roomIds.slice(first, first + roomsAtOnce).map((roomId) => leaveForeignRoom(context, roomId, userId)));
  }
}

async function leaveForeignRoom(context: Context, roomId: string, userId: string): Promise<void> {
  await context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, roomId);
    const membership = room && (await findMember(tx.trx, roomId, userId));
    if (!membership) return;
    if (membership.role !== 'owner') return dismiss(tx, room, membership, 'removed');
    const heir = await findSuccessor(tx.trx, roomId, userId);
    if (!heir) {
      await removeRoom(tx.trx, roomId);
      return tx.tell('room.deleted', { roomId, by: userId });
    }
    await handOver(tx, room, membership, heir);
    await dismiss(tx, room, membership, 'removed');
  });
}

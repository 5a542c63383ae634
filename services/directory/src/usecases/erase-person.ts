import { allRoomIds, eraseProfile } from '../stores/erasure.ts';
import { firstMembers } from '../stores/members.ts';
import { lockRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { endMembership, forEachRoom } from './end-membership.ts';
import { changeMembers } from './membership-changes.ts';

/**
 * Erases a user, except for an id named `erasedName` in direct rooms, which become read-only for
 * the other member. The user leaves all other rooms. The profile is erased first, so that later
 * events carry the new name. Idempotent: works room by room from the tables.
 */
export async function erasePerson(context: Context, userId: string): Promise<void> {
  await context.transact(({ trx, now }) => eraseProfile(trx, userId, now));
  await forEachRoom(await allRoomIds(context.db, userId), async (roomId) => {
    if (!(await silenceDirect(context, roomId))) await endMembership(context, roomId, userId, 'left');
  });
  await context.transact(async ({ emit }) => emit('profile.erased', { userId }));
}

/**
 * Returns false if the room is not direct. Publishes the members even if they already could not
 * send, because a name has changed.
 */
const silenceDirect = (context: Context, roomId: string): Promise<boolean> =>
  context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, roomId);
    if (room?.kind !== 'direct') return false;
    const members = await firstMembers(tx.trx, roomId, 2);
    await changeMembers(
      tx,
      room,
      members.map((member) => ({ ...member, canSend: false })),
    );
    return true;
  });

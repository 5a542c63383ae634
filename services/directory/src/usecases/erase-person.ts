import { allRoomIds, eraseProfile } from '../stores/erasure.ts';
import { firstMembers } from '../stores/members.ts';
import { lockRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { changeMembers } from './membership-changes.ts';
import { inEachRoom, takeOut } from './take-out.ts';

/**
 * Nothing of that person stays but an id that is called `erasedName`: in rooms of two, which stay the other's, and in which nobody can write any more. The other
 * rooms they leave. The profile goes first, so whatever is told of it tells the new name; done room by room from what the tables say, it may be repeated.
 */
export async function erasePerson(context: Context, userId: string): Promise<void> {
  await context.transact(({ trx, now }) => eraseProfile(trx, userId, now));
  await inEachRoom(await allRoomIds(context.db, userId), async (roomId) => {
    if (!(await silenceDirect(context, roomId))) await takeOut(context, roomId, userId, 'left');
  });
  await context.transact(async ({ emit }) => emit('profile.erased', { userId }));
}

/** False: it is no direct room. Told again, also when nobody could write before: the members have another name now. */
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

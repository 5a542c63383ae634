import type { Membership, RoomView } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Room } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import { lockPeople } from '../stores/profiles.ts';
import { countOwned, setOwner } from '../stores/rooms.ts';
import type { Context, Transaction } from './context.ts';
import { changeMembers } from './membership-changes.ts';
import { forbidSelf } from './people.ts';
import { lockRoomAs, viewRoom } from './room-access.ts';

/** Transfers ownership to a member. The previous owner stays as an admin. */
export async function transferRoom(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userId: string,
): Promise<RoomView> {
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [userId]);
    const { room, membership } = await lockRoomAs(tx, viewer, roomId, 'owner');
    forbidSelf(viewer, userId);
    const newOwner = await findMember(tx.trx, roomId, userId);
    if (!newOwner) throw new AppError('user_not_found');
    if ((await countOwned(tx.trx, userId)) >= context.limits.roomsOwned.max)
      throw new AppError('limit_reached', context.limits.roomsOwned);
    await changeOwner(tx, room, membership, newOwner);
  });
  return viewRoom(context.db, viewer, roomId);
}

export async function changeOwner(
  tx: Transaction,
  room: Room,
  owner: Membership,
  newOwner: Membership,
): Promise<void> {
  await setOwner(tx.trx, room.id, newOwner.userId);
  await changeMembers(tx, room, [
    { ...owner, role: 'admin' },
    { ...newOwner, role: 'owner' },
  ]);
}

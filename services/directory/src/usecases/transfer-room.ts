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

/** The owner hands the room to a member, and stays as an admin. */
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
    const heir = await findMember(tx.trx, roomId, userId);
    if (!heir) throw new AppError('user_not_found');
    if ((await countOwned(tx.trx, userId)) >= context.limits.roomsOwned.max)
      throw new AppError('limit_reached', context.limits.roomsOwned);
    await handOver(tx, room, membership, heir);
  });
  return viewRoom(context.db, viewer, roomId);
}

export async function handOver(
  tx: Transaction,
  room: Room,
  owner: Membership,
  heir: Membership,
): Promise<void> {
  await setOwner(tx.trx, room.id, heir.userId);
  await changeMembers(tx, room, [
    { ...owner, role: 'admin' },
    { ...heir, role: 'owner' },
  ]);
}

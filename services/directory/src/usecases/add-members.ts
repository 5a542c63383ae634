import type { RoomView } from '@parley/contracts';
import type { Viewer } from '../domain/viewer.ts';
import { findMembers } from '../stores/members.ts';
import { lockPeople } from '../stores/profiles.ts';
import type { Context } from './context.ts';
import { addToRoom } from './membership-changes.ts';
import { requireAddable, requirePeople } from './people.ts';
import { lockRoomAs, requireManager, viewRoom } from './room-access.ts';

/** For owners and admins. Existing members stay unchanged. At most 100 users at once. */
export async function addMembers(
  context: Context,
  viewer: Viewer,
  roomId: string,
  userIds: readonly string[],
): Promise<RoomView> {
  await requireManager(context.db, viewer, roomId);
  await requirePeople(context, userIds);
  await context.transact(async (tx) => {
    await lockPeople(tx.trx, [viewer.userId, ...userIds]);
    const { room, membership } = await lockRoomAs(tx, viewer, roomId, 'admin');
    const existing = new Set((await findMembers(tx.trx, roomId, userIds)).map(({ userId }) => userId));
    const fresh = [...new Set(userIds)].filter((id) => !existing.has(id));
    await requireAddable(tx, context.limits, viewer, room.organizationId, fresh);
    await addToRoom(tx, context.limits, room, fresh, {
      userId: membership.userId,
      username: membership.username,
      ...(membership.isBot && { isBot: membership.isBot }),
    });
  });
  return viewRoom(context.db, viewer, roomId);
}

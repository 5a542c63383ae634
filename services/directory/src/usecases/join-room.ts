import type { RoomView } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { isOpenTo } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { findMember } from '../stores/members.ts';
import { lockRoom } from '../stores/rooms.ts';
import { spend } from './budgets.ts';
import type { Context } from './context.ts';
import { addToRoom } from './membership-changes.ts';
import { requirePeople } from './people.ts';
import { viewRoom } from './room-access.ts';

/**
 * Joins a public channel. Idempotent.
 * @throws AppError `room_not_found`, `not_authorized` if the viewer is banned, `limit_reached`,
 * `rate_limit`
 */
export async function joinRoom(context: Context, viewer: Viewer, roomId: string): Promise<RoomView> {
  await requirePeople(context, [viewer.userId]);
  await context.transact(async (tx) => {
    const room = await lockRoom(tx.trx, roomId);
    if (room && (await findMember(tx.trx, roomId, viewer.userId))) return;
    if (!room || !isOpenTo(room, viewer)) throw new AppError('room_not_found');
    await spend(tx, context.limits.joins, viewer.userId);
    await addToRoom(tx, context.limits, room, [viewer.userId], null);
  });
  return viewRoom(context.db, viewer, roomId);
}

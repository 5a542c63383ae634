import type { RoomState } from '@parley/contracts';
import { stateOf } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import * as rooms from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { forbidSelf, requireVisible } from './people.ts';

/**
 * The direct room of the viewer and another user, if there is one, even if one blocks the other.
 * @throws AppError `self_reference`, `user_not_found`
 */
export async function findDirectRoom(
  context: Context,
  viewer: Viewer,
  otherId: string,
): Promise<RoomState | null> {
  forbidSelf(viewer, otherId);
  const room = await rooms.findDirectRoom(context.db, viewer.userId, otherId);
  if (room) return stateOf(room);
  await requireVisible(context, viewer, [otherId]);
  return null;
}

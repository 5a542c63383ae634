import type { Viewer } from '../domain/viewer.ts';
import { removeRoom } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { lockRoomAs } from './room-access.ts';

/** For owners only. */
export async function deleteRoom(context: Context, viewer: Viewer, roomId: string): Promise<void> {
  await context.transact(async (tx) => {
    await lockRoomAs(tx, viewer, roomId, 'owner');
    await removeRoom(tx.trx, roomId);
    tx.emit('room.deleted', { roomId, by: viewer.userId });
  });
}

import { type RoomView, roomName } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { validate } from '@parley/http';
import { z } from 'zod';
import { detailsOf, stateOf } from '../domain/room.ts';
import type { Viewer } from '../domain/viewer.ts';
import { type RoomChanges, updateRoomDetails } from '../stores/rooms.ts';
import type { Context } from './context.ts';
import { lockRoomAs, viewRoom } from './room-access.ts';

/** For owners and admins. */
export async function updateRoom(
  context: Context,
  viewer: Viewer,
  roomId: string,
  changes: RoomChanges,
): Promise<RoomView> {
  await context.transact(async (tx) => {
    const { room } = await lockRoomAs(tx, viewer, roomId, 'admin');
    if (room.kind !== 'channel' && changes.isPrivate === false) throw new AppError('room_kind');
    const { name } = room.kind === 'channel' ? validate(channelDetails, changes, 'body') : changes;
    const updated = await updateRoomDetails(tx.trx, roomId, { ...changes, name }, tx.now);
    tx.emit('room.updated', { room: stateOf(updated), details: detailsOf(updated) });
  });
  return viewRoom(context.db, viewer, roomId);
}

const channelDetails = z.object({ name: roomName.optional() });

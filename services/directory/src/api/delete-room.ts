import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { deleteRoom } from '../usecases/delete-room.ts';

export const deleteRoomRoute = (context: Context) =>
  route(roomsApi.deleteRoom, async ({ caller, params }) => {
    await deleteRoom(context, caller, params.roomId);
    return undefined;
  });

import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { leaveRoom } from '../usecases/leave-room.ts';

export const leaveRoomRoute = (context: Context) =>
  route(roomsApi.leaveRoom, async ({ caller, params }) => {
    await leaveRoom(context, caller, params.roomId);
    return { success: true as const, message: 'You have left the room.' };
  });

import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { updateRoom } from '../usecases/update-room.ts';

export const updateRoomRoute = (context: Context) =>
  route(roomsApi.updateRoom, ({ caller, params, body }) => updateRoom(context, caller, params.roomId, body));

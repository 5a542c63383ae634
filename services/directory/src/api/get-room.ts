import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { viewRoom } from '../usecases/room-access.ts';

export const getRoomRoute = (context: Context) =>
  route(roomsApi.getRoom, ({ caller, params }) => viewRoom(context.db, caller, params.roomId));

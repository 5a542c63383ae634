import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { joinRoom } from '../usecases/join-room.ts';

export const joinRoomRoute = (context: Context) =>
  route(roomsApi.joinRoom, ({ caller, params }) => joinRoom(context, caller, params.roomId));

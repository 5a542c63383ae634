import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { transferRoom } from '../usecases/transfer-room.ts';

export const transferRoomRoute = (context: Context) =>
  route(roomsApi.transferRoom, ({ caller, params, body }) =>
    transferRoom(context, caller, params.roomId, body.userId),
  );

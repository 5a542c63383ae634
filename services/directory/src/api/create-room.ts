import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createRoom } from '../usecases/create-room.ts';
import { openDirectRoom } from '../usecases/open-direct-room.ts';
import { viewRoom } from '../usecases/room-access.ts';

export const createRoomRoute = (context: Context) =>
  route(roomsApi.createRoom, async ({ caller, body }) => {
    if (body.kind !== 'direct') return createRoom(context, caller, { ...body, kind: body.kind ?? 'channel' });
    const room = await openDirectRoom(context, caller, body.userId);
    return viewRoom(context.db, caller, room.id);
  });

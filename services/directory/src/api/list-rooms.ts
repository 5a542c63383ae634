import { roomsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listRooms } from '../usecases/list-rooms.ts';

export const listRoomsRoute = (context: Context) =>
  route(roomsApi.listRooms, ({ caller, query }) =>
    listRooms(context, caller, query.mine ? { userId: caller.userId } : 'visible', query),
  );

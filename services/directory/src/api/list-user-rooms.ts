import { usersApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listRooms } from '../usecases/list-rooms.ts';

export const listUserRoomsRoute = (context: Context) =>
  route(usersApi.listUserRooms, ({ caller, params, query }) =>
    listRooms(context, caller, { userId: params.userId }, query),
  );

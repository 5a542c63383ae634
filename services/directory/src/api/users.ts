import { usersApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getProfile } from '../usecases/get-profile.ts';
import { listRooms } from '../usecases/list-rooms.ts';
import { listUsers } from '../usecases/list-users.ts';
import { updateProfile } from '../usecases/update-profile.ts';

export const userRoutes = (context: Context): Route[] => [
  route(usersApi.listUsers, ({ caller, query }) => listUsers(context, caller, query)),
  route(usersApi.getMyProfile, ({ caller }) => getProfile(context, caller, caller.userId)),
  route(usersApi.updateMe, ({ caller, body }) => updateProfile(context, caller, body)),
  route(usersApi.getUser, ({ caller, params }) => getProfile(context, caller, params.userId)),
  route(usersApi.listUserRooms, ({ caller, params, query }) =>
    listRooms(context, caller, { userId: params.userId }, query),
  ),
];

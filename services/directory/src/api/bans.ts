import { bansApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { banUser } from '../usecases/ban-user.ts';
import type { Context } from '../usecases/context.ts';
import { listBans } from '../usecases/list-bans.ts';
import { unbanUser } from '../usecases/unban-user.ts';

export const banRoutes = (context: Context): Route[] => [
  route(bansApi.banUser, ({ caller, params, body }) => banUser(context, caller, params.roomId, body)),
  route(bansApi.listBans, ({ caller, params, query }) => listBans(context, caller, params.roomId, query)),
  route(bansApi.unbanUser, ({ caller, params }) => unbanUser(context, caller, params.roomId, params.userId)),
];

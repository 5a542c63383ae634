import { bansApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listBans } from '../usecases/list-bans.ts';

export const listBansRoute = (context: Context) =>
  route(bansApi.listBans, ({ caller, params, query }) => listBans(context, caller, params.roomId, query));

import { bansApi } from '@parley/contracts';
import { route } from '@parley/http';
import { banUser } from '../usecases/ban-user.ts';
import type { Context } from '../usecases/context.ts';

export const banUserRoute = (context: Context) =>
  route(bansApi.banUser, ({ caller, params, body }) => banUser(context, caller, params.roomId, body));

import { bansApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { unbanUser } from '../usecases/unban-user.ts';

export const unbanUserRoute = (context: Context) =>
  route(bansApi.unbanUser, async ({ caller, params }) => {
    await unbanUser(context, caller, params.roomId, params.userId);
    return undefined;
  });

import { blocksApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { unblockUser } from '../usecases/unblock-user.ts';

export const unblockUserRoute = (context: Context) =>
  route(blocksApi.unblockUser, async ({ caller, params }) => {
    await unblockUser(context, caller, params.userId);
    return undefined;
  });

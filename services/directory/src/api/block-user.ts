import { blocksApi } from '@parley/contracts';
import { route } from '@parley/http';
import { blockUser } from '../usecases/block-user.ts';
import type { Context } from '../usecases/context.ts';

export const blockUserRoute = (context: Context) =>
  route(blocksApi.blockUser, async ({ caller, params }) => {
    await blockUser(context, caller, params.userId);
    return undefined;
  });

import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { removeFriend } from '../usecases/remove-friend.ts';

export const removeFriendRoute = (context: Context) =>
  route(friendRequestsApi.removeFriend, async ({ caller, params }) => {
    await removeFriend(context, caller, params.userId);
    return undefined;
  });

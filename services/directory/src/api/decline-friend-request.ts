import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { withdrawFriendRequest } from '../usecases/withdraw-friend-request.ts';

export const declineFriendRequestRoute = (context: Context) =>
  route(friendRequestsApi.declineFriendRequest, async ({ caller, params }) => {
    await withdrawFriendRequest(context, caller, params.requestId, 'to');
    return undefined;
  });

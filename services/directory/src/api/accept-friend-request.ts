import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import { acceptFriendRequest } from '../usecases/accept-friend-request.ts';
import type { Context } from '../usecases/context.ts';

export const acceptFriendRequestRoute = (context: Context) =>
  route(friendRequestsApi.acceptFriendRequest, ({ caller, params }) =>
    acceptFriendRequest(context, caller, params.requestId),
  );

import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listFriendRequests } from '../usecases/list-friend-requests.ts';

export const listFriendRequestsRoute = (context: Context) =>
  route(friendRequestsApi.listFriendRequests, ({ caller, query }) =>
    listFriendRequests(context, caller, query),
  );

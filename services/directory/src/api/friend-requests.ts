import { friendRequestsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { acceptFriendRequest } from '../usecases/accept-friend-request.ts';
import type { Context } from '../usecases/context.ts';
import { listFriendRequests } from '../usecases/list-friend-requests.ts';
import { listPeople } from '../usecases/list-people.ts';
import { removeFriend } from '../usecases/remove-friend.ts';
import { requestFriend } from '../usecases/request-friend.ts';
import { withdrawFriendRequest } from '../usecases/withdraw-friend-request.ts';

export const friendRequestRoutes = (context: Context): Route[] => [
  route(friendRequestsApi.requestFriend, ({ caller, body }) => requestFriend(context, caller, body.userId)),
  route(friendRequestsApi.listFriendRequests, ({ caller, query }) =>
    listFriendRequests(context, caller, query),
  ),
  route(friendRequestsApi.acceptFriendRequest, ({ caller, params }) =>
    acceptFriendRequest(context, caller, params.requestId),
  ),
  route(friendRequestsApi.declineFriendRequest, ({ caller, params }) =>
    withdrawFriendRequest(context, caller, params.requestId, 'to'),
  ),
  route(friendRequestsApi.cancelFriendRequest, ({ caller, params }) =>
    withdrawFriendRequest(context, caller, params.requestId, 'from'),
  ),
  route(friendRequestsApi.listFriends, ({ caller, query }) => listPeople(context, caller, 'friends', query)),
  route(friendRequestsApi.removeFriend, ({ caller, params }) => removeFriend(context, caller, params.userId)),
];

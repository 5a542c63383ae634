import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { requestFriend } from '../usecases/request-friend.ts';

export const requestFriendRoute = (context: Context) =>
  route(friendRequestsApi.requestFriend, ({ caller, body }) => requestFriend(context, caller, body.userId));

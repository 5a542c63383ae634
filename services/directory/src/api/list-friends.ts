import { friendRequestsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { listPeople } from '../usecases/list-people.ts';

export const listFriendsRoute = (context: Context) =>
  route(friendRequestsApi.listFriends, ({ caller, query }) => listPeople(context, caller, 'friends', query));

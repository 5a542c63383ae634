import {
  type Caller,
  conversationsContract,
  type FriendRequest,
  friendshipsContract,
  toConversationUser,
  type UserName,
} from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { acceptFriendRequestOf } from '../usecases/accept-friend-request.ts';
import { blockUser } from '../usecases/block-user.ts';
import type { Context } from '../usecases/context.ts';
import { getProfile } from '../usecases/get-profile.ts';
import { listUserNames } from '../usecases/list-users.ts';
import { requestFriend } from '../usecases/request-friend.ts';
import { type NumberedPage, searchFriends, searchPeople } from '../usecases/search-people.ts';
import { suggestFriends } from '../usecases/suggest-friends.ts';
import { unblockUser } from '../usecases/unblock-user.ts';
import { whoIsOnline } from '../usecases/who-is-online.ts';

/**
 * Users and friendships of the `conversations` contract. Paths with a fixed segment come before
 * those with a parameter in its place.
 */
export const conversationsPeopleRoutes = (context: Context): Route[] => [
  route(conversationsContract.listUsers, async ({ query, caller, more }) => {
    const { users, nextCursor } = await listUserNames(context, caller, query);
    more(nextCursor === null ? null : { cursor: nextCursor });
    return show(context, caller, users);
  }),
  route(friendshipsContract.searchUsers, async ({ query, caller }) =>
    showPage(context, caller, query, await searchPeople(context, caller, query)),
  ),
  route(conversationsContract.getUser, async ({ params, caller }) => {
    const user = await getProfile(context, caller, params.id);
    return toConversationUser(user, (await whoIsOnline(context, caller, [user.id])).has(user.id));
  }),
  route(friendshipsContract.searchFriends, async ({ query, caller }) =>
    showPage(context, caller, query, await searchFriends(context, caller, query)),
  ),
  route(friendshipsContract.suggestFriends, async ({ query, caller }) =>
    show(context, caller, await suggestFriends(context, caller, query.limit)),
  ),
  route(friendshipsContract.requestFriendship, async ({ body, caller }) =>
    toFriendship(await requestFriend(context, caller, body.friendId, 'refuse')),
  ),
  route(friendshipsContract.acceptFriendship, async ({ params, caller }) =>
    toFriendship(await acceptFriendRequestOf(context, caller, params.friendId)),
  ),
  route(friendshipsContract.blockFriend, async ({ params: { friendId }, caller }) => {
    await blockUser(context, caller, friendId);
    return { friend_id: friendId, status: 'blocked' as const };
  }),
  route(friendshipsContract.unblockFriend, async ({ params: { friendId }, caller }) => {
    await unblockUser(context, caller, friendId);
    return { friend_id: friendId, status: 'unblocked' as const };
  }),
];

async function show(context: Context, caller: Caller, users: readonly UserName[]) {
  const ids = users.map(({ id }) => id);
  const online = await whoIsOnline(context, caller, ids);
  return users.map((user) => toConversationUser(user, online.has(user.id)));
}

const showPage = async (
  context: Context,
  caller: Caller,
  { page, limit }: { page: number; limit: number },
  { users, total }: NumberedPage,
) => ({
  data: await show(context, caller, users),
  meta: { total, page, limit, totalPages: Math.ceil(total / limit) },
});

const toFriendship = ({ id, from, to, status, createdAt }: FriendRequest) => ({
  friendship_id: id,
  user_id: from.userId,
  friend_id: to.userId,
  status,
  created_at: createdAt,
});

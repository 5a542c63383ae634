import { z } from 'zod';
import { id, optionalText, pageLimit } from '../../schemas/common.ts';
import { operation } from '../operation.ts';
import { friendship, user, userPage } from './conversations-data.ts';

// Friendships in the paths of the `conversations` contract. They use the model of
// `friend-requests.ts`.

const service = 'directory';
const tag = 'conversations';
const friendParams = z.object({ friendId: id });

const search =
  'matches the beginning of a username, a name, or a word in them, regardless of case and accents';
const searchQuery = z.object({
  search: optionalText(100).optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  limit: pageLimit(10, 100),
});

export const searchUsers = operation({
  id: 'conversationsSearchUsers',
  service,
  tag,
  method: 'get',
  path: '/users/search',
  summary: 'Find people whom the caller may see, except the caller',
  description: `\`search\` ${search}. Excludes people who blocked the caller.`,
  query: searchQuery,
  status: 200,
  response: userPage,
});

export const searchFriends = operation({
  id: 'conversationsSearchFriends',
  service,
  tag,
  method: 'get',
  path: '/friendships/search',
  summary: "Search the caller's friends, in alphabetical order",
  description: `\`search\` ${search}.`,
  query: searchQuery,
  status: 200,
  response: userPage,
});

export const suggestFriends = operation({
  id: 'conversationsSuggestFriends',
  service,
  tag,
  method: 'get',
  path: '/friendships/suggestions',
  summary: 'Friends of friends, those with the most common friends first',
  description: "Of the caller's 200 latest friendships, and the 200 latest of each of these friends.",
  query: z.object({ limit: pageLimit(10, 100) }),
  status: 200,
  response: z.array(user),
});

export const requestFriendship = operation({
  id: 'conversationsRequestFriendship',
  service,
  tag,
  method: 'post',
  path: '/friendships/request',
  summary: 'Send a friend request; if the other user has sent one to the caller, accepts it',
  body: z.object({ friendId: id }),
  status: 201,
  response: friendship,
  errors: ['self_reference', 'user_not_found', 'friend_request_exists', 'blocked', 'limit_reached'],
  statuses: { friend_request_exists: 400, blocked: 400 },
});

export const acceptFriendship = operation({
  id: 'conversationsAcceptFriendship',
  service,
  tag,
  method: 'post',
  path: '/friendships/accept/:friendId',
  summary: "Accept that user's friend request; idempotent",
  params: friendParams,
  status: 200,
  response: friendship,
  errors: ['friend_request_not_found', 'limit_reached'],
});

export const blockFriend = operation({
  id: 'conversationsBlockUser',
  service,
  tag,
  method: 'post',
  path: '/friendships/block/:friendId',
  summary: 'Block a user, which also ends a friendship; idempotent',
  params: friendParams,
  status: 200,
  response: z.object({ friend_id: id, status: z.literal('blocked') }),
  errors: ['self_reference', 'user_not_found', 'limit_reached'],
});

export const unblockFriend = operation({
  id: 'conversationsUnblockUser',
  service,
  tag,
  method: 'delete',
  path: '/friendships/unblock/:friendId',
  summary: 'Unblock a user; idempotent',
  params: friendParams,
  status: 200,
  response: z.object({ friend_id: id, status: z.literal('unblocked') }),
});

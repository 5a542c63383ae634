import { z } from 'zod';
import { id, pageLimit, time } from '../schemas/common.ts';
import { isBot } from '../schemas/user.ts';
import { operation } from './operation.ts';
import { peoplePage, peopleQuery } from './users.ts';

const service = 'directory';
const tag = 'friends';
const requestParams = z.object({ requestId: id });
const person = z.object({ userId: id, username: z.string(), isBot });

export const friendRequest = z
  .object({
    id,
    from: person,
    to: person,
    status: z.enum(['pending', 'accepted']),
    createdAt: time,
  })
  .meta({ id: 'FriendRequest' });
export type FriendRequest = z.output<typeof friendRequest>;

export const requestFriend = operation({
  id: 'requestFriend',
  service,
  tag,
  method: 'post',
  path: '/api/v1/friend-requests',
  summary: 'Send a friend request',
  description:
    'Idempotent. If the other user has already sent a request, this accepts it. Has a rate limit of ' +
    'its own, `FRIEND_REQUEST_RATE`.',
  body: z.object({ userId: id }),
  status: 201,
  response: friendRequest,
  errors: ['self_reference', 'user_not_found', 'blocked', 'limit_reached'],
});

export const listFriendRequests = operation({
  id: 'listFriendRequests',
  service,
  tag,
  method: 'get',
  path: '/api/v1/friend-requests',
  summary: 'Pending requests to and from the caller, newest first',
  query: z.object({
    direction: z.enum(['incoming', 'outgoing', 'both']).default('both'),
    limit: pageLimit(50, 200),
    cursor: id.optional(),
  }),
  status: 200,
  response: z.object({ requests: z.array(friendRequest), nextCursor: id.nullable() }),
});

export const acceptFriendRequest = operation({
  id: 'acceptFriendRequest',
  service,
  tag,
  method: 'post',
  path: '/api/v1/friend-requests/:requestId/accept',
  summary: 'Accept a friend request: both become friends and contacts of each other. Idempotent',
  params: requestParams,
  status: 200,
  response: friendRequest,
  errors: ['friend_request_not_found', 'limit_reached'],
});

export const declineFriendRequest = operation({
  id: 'declineFriendRequest',
  service,
  tag,
  method: 'post',
  path: '/api/v1/friend-requests/:requestId/decline',
  summary: 'Decline a friend request to the caller',
  params: requestParams,
  status: 204,
  errors: ['friend_request_not_found'],
});

export const cancelFriendRequest = operation({
  id: 'cancelFriendRequest',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/friend-requests/:requestId',
  summary: 'Withdraw a friend request of the caller',
  description: 'Shares the rate limit of requests, `FRIEND_REQUEST_RATE`.',
  params: requestParams,
  status: 204,
  errors: ['friend_request_not_found'],
});

export const listFriends = operation({
  id: 'listFriends',
  service,
  tag,
  method: 'get',
  path: '/api/v1/friends',
  summary: "The caller's friends",
  query: peopleQuery,
  status: 200,
  response: peoplePage,
});

export const removeFriend = operation({
  id: 'removeFriend',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/friends/:userId',
  summary: 'End a friendship; also removes the contact on both sides. Idempotent',
  params: z.object({ userId: id }),
  status: 204,
});

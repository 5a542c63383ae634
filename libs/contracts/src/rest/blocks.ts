import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { operation } from './operation.ts';
import { peoplePage, peopleQuery } from './users.ts';

const service = 'directory';
const tag = 'blocks';
const userParams = z.object({ userId: id });

export const listBlocks = operation({
  id: 'listBlocks',
  service,
  tag,
  method: 'get',
  path: '/api/v1/blocks',
  summary: 'Users that the caller blocks',
  query: peopleQuery,
  status: 200,
  response: peoplePage,
});

export const blockUser = operation({
  id: 'blockUser',
  service,
  tag,
  method: 'put',
  path: '/api/v1/blocks/:userId',
  summary: 'Block a user; idempotent',
  description:
    'Ends friendship, friend requests and contact between both users. Neither can send the ' +
    'other a friend request, add them to a room or open a direct room. In their existing ' +
    'direct room, neither can send.',
  params: userParams,
  status: 204,
  errors: ['self_reference', 'user_not_found', 'limit_reached'],
});

export const unblockUser = operation({
  id: 'unblockUser',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/blocks/:userId',
  summary: 'Unblock a user; idempotent',
  description:
    'Reopens their direct room, unless the other user blocks the caller. Does not restore ' +
    'what the block ended.',
  params: userParams,
  status: 204,
});

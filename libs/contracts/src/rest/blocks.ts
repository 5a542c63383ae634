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
  summary: 'Whom the caller blocks',
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
  summary: 'Block somebody; may be repeated',
  description:
    'Ends friendship, requests and contact between the two. Neither can ask the other for friendship, add them to a room or open a direct room; in the one they have, neither can send.',
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
  summary: 'Unblock somebody; may be repeated',
  description:
    'Their direct room opens again, unless the other blocks too. What the block ended stays ended.',
  params: userParams,
  status: 204,
});

import { z } from 'zod';
import { id, pageLimit, shownName, time } from '../../schemas/common.ts';
import { operation } from '../operation.ts';

const service = 'directory';
const tag = 'organizations';

const chatRoom = z
  .object({
    id,
    name: z.string().meta({ description: 'the other user of a direct room' }),
    createdAt: time,
    updatedAt: time,
    organization_id: id.nullable(),
  })
  .meta({ id: 'OrganizationsChatRoom' });
export type OrganizationsChatRoom = z.output<typeof chatRoom>;

export const listChatRooms = operation({
  id: 'organizationsListChatRooms',
  service,
  tag,
  method: 'get',
  path: '/api/chat',
  summary: "Public rooms of the caller's organization and all rooms of the caller, newest first",
  description: 'Has a rate limit of its own, `CHAT_LIST_RATE`.',
  query: z.object({
    page: z.coerce.number().int().min(1).max(10_000).default(1),
    pageSize: pageLimit(10, 100),
  }),
  status: 200,
  response: z.object({
    total: z.number().int(),
    pages: z.number().int(),
    currentPage: z.number().int(),
    data: z.array(chatRoom),
  }),
});

export const createChatRoom = operation({
  id: 'organizationsCreateChatRoom',
  service,
  tag,
  method: 'post',
  path: '/api/chat',
  summary: "Create a public room in the caller's organization",
  body: z.object({ name: shownName(1, 100) }),
  status: 201,
  response: chatRoom.extend({ created_by: id.nullable(), created_at: time }),
  errors: ['user_not_found', 'limit_reached'],
});

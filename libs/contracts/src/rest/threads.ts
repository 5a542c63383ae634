import { z } from 'zod';
import { because, id, pageLimit, seq } from '../schemas/common.ts';
import { message } from '../schemas/message.ts';
import {
  isThreadMark,
  needsSeq,
  thread,
  threadFilter,
  threadMark,
  threadPosition,
} from '../schemas/thread.ts';
import { operation } from './operation.ts';

const service = 'messages';
const tag = 'threads';
const roomParams = z.object({ roomId: id });
const threadParams = z.object({
  roomId: id,
  messageId: id.meta({ description: 'a message of the thread: its root or a reply' }),
});
const readErrors = ['room_not_found', 'not_authorized'] as const;
const threadErrors = [...readErrors, 'message_not_found'] as const;

export const listThreads = operation({
  id: 'listThreads',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/threads',
  scope: 'messages:read',
  summary: 'Threads of a room, those with the latest replies first',
  description:
    '`unread`: followed threads with unread replies. A page may have fewer threads than `limit`, ' +
    'although more follow. The sum of `unread` is the same for each filter, and the same as in ' +
    '`GET /api/v1/threads/unread`.',
  params: roomParams,
  query: z.object({
    filter: threadFilter.default('all'),
    limit: pageLimit(20, 50),
    before_seq: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .meta({ description: 'only threads whose last reply is before this `seq`' }),
  }),
  status: 200,
  response: z.object({
    threads: z.array(thread),
    pagination: z.object({
      limit: z.number().int(),
      hasMore: z.boolean(),
      before_seq: seq.nullable().meta({ description: 'the cursor of the next page; null: no more' }),
    }),
  }),
  errors: readErrors,
});

export const getThread = operation({
  id: 'getThread',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/messages/:messageId/thread',
  scope: 'messages:read',
  summary: 'A thread, with a page of its replies, oldest first',
  description: 'Without a cursor, the latest replies. A message without replies is an empty thread.',
  params: threadParams,
  query: z
    .object({
      limit: pageLimit(50, 200),
      before_seq: z.coerce.number().int().min(1).optional(),
      after_seq: z.coerce.number().int().min(0).optional(),
    })
    .refine(
      ({ before_seq, after_seq }) => before_seq === undefined || after_seq === undefined,
      because('combination', 'before_seq and after_seq exclude one another'),
    ),
  status: 200,
  response: z.object({
    thread,
    messages: z.array(message),
    pagination: z.object({
      limit: z.number().int(),
      hasMore: z.boolean().meta({ description: 'whether there are more in the requested direction' }),
      before_seq: seq.nullable(),
      after_seq: seq.nullable(),
    }),
  }),
  errors: threadErrors,
});

export const readThread = operation({
  id: 'readThread',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/messages/:messageId/thread/read',
  scope: 'messages:read',
  summary: 'Mark a thread read, up to a reply or to its end',
  description:
    'Never goes back, unless `unread` is true: then the replies after `seq` are unread again, until ' +
    'the thread or all threads of the room are marked read. Opening the room does not change that.',
  params: threadParams,
  body: z.object(threadMark).refine(isThreadMark, needsSeq).default({}),
  status: 200,
  response: threadPosition,
  errors: threadErrors,
});

export const followThread = operation({
  id: 'followThread',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/messages/:messageId/thread/follow',
  scope: 'messages:read',
  summary: 'Follow a thread',
  params: threadParams,
  status: 200,
  response: threadPosition,
  errors: threadErrors,
});

export const unfollowThread = operation({
  id: 'unfollowThread',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/messages/:messageId/thread/follow',
  scope: 'messages:read',
  summary: 'Stop following a thread, also one that the caller has written in',
  params: threadParams,
  status: 200,
  response: threadPosition,
  errors: threadErrors,
});

export const readThreads = operation({
  id: 'readThreads',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/threads/read',
  scope: 'messages:read',
  summary: 'Mark all threads of a room read',
  params: roomParams,
  status: 200,
  response: threadPosition,
  errors: readErrors,
});

export const getUnreadThreads = operation({
  id: 'getUnreadThreads',
  service,
  tag,
  method: 'get',
  path: '/api/v1/threads/unread',
  scope: 'messages:read',
  roomsOf: 'none',
  summary: 'How many followed threads have unread replies, by room',
  description:
    "Counts up to 1,000 replies per thread, among each room's latest 10,000 replies. A client that " +
    'shows these counts asks for those of the rooms without them: `GET /api/v1/unread?threads=true`.',
  status: 200,
  response: z.object({
    rooms: z.array(
      z.object({
        roomId: id,
        threads: z.number().int().meta({ description: 'followed threads with unread replies' }),
        unread: z.number().int().meta({ description: 'their unread replies' }),
      }),
    ),
    total: z.number().int().meta({ description: 'all unread replies' }),
  }),
});

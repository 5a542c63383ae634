import { z } from 'zod';
import { id, pageLimit, seq } from '../schemas/common.ts';
import { clientId, content, message, reaction, readPosition } from '../schemas/message.ts';
import { syncAnswer, syncQuestion } from '../schemas/sync.ts';
import { operation } from './operation.ts';

const service = 'messages';
const tag = 'messages';
const roomParams = z.object({ roomId: id });
const messageParams = z.object({ roomId: id, messageId: id });

export const sendMessage = operation({
  id: 'sendMessage',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/messages',
  summary: 'Send a message',
  description:
    'With a `clientId` it may be repeated: the same key is one message, for ever. Sessions of the contract `rooms` may send 5 in 10 seconds per room by default.',
  params: roomParams,
  body: z.object({
    content,
    clientId: clientId.optional(),
    replyTo: id.optional(),
    isEncrypted: z.boolean().default(false),
  }),
  status: 201,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'blocked', 'conflict', 'message_not_found'],
});

/** Every shape of cursor that a history page takes; without one, the latest page. */
export const historyQuery = (limit: z.ZodDefault<z.ZodCoercedNumber>) =>
  z
    .object({
      limit,
      before_seq: z.coerce.number().int().min(1),
      after_seq: z.coerce.number().int().min(0),
      page: z.coerce.number().int().min(1).max(100_000),
    })
    .partial({ before_seq: true, after_seq: true, page: true })
    .refine(
      (query) =>
        [query.before_seq, query.after_seq, query.page].filter((value) => value !== undefined).length <= 1,
      {
        error: 'before_seq, after_seq and page exclude one another',
      },
    );

export const getHistory = operation({
  id: 'getHistory',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/messages',
  summary: "A page of a room's history, oldest first within the page",
  params: roomParams,
  query: historyQuery(pageLimit(50, 200)),
  status: 200,
  response: z.object({
    messages: z.array(message),
    pagination: z.object({
      limit: z.number().int(),
      hasMore: z.boolean().meta({ description: 'in the direction that was asked for' }),
      /** Cursor of the page before this one. */
      before_seq: seq.nullable(),
      /** Cursor of the page after this one. */
      after_seq: seq.nullable(),
      page: z.number().int().nullable(),
    }),
  }),
  errors: ['room_not_found', 'not_authorized'],
});

export const getMessage = operation({
  id: 'getMessage',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/messages/:messageId',
  summary: 'One message',
  params: messageParams,
  status: 200,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'message_not_found'],
});

export const editMessage = operation({
  id: 'editMessage',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/messages/:messageId',
  summary: "Change one's own message",
  params: messageParams,
  body: z.object({ content }),
  status: 200,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'message_not_found'],
});

export const deleteMessage = operation({
  id: 'deleteMessage',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/messages/:messageId',
  summary: "Delete one's own message (owners and admins: anyone's)",
  description: 'Its place in the timeline stays, without content.',
  params: messageParams,
  status: 204,
  errors: ['room_not_found', 'not_authorized', 'message_not_found'],
});

export const reactToMessage = operation({
  id: 'reactToMessage',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/messages/:messageId/reactions',
  summary: 'React to a message; the same reaction again takes it back',
  description: 'With `on` the outcome is stated instead of toggled, so that the call may be repeated.',
  params: messageParams,
  body: z.object({ reaction, on: z.boolean().optional() }),
  status: 200,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'message_not_found', 'limit_reached'],
});

export const markRead = operation({
  id: 'markRead',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/messages/read',
  summary: 'Mark a room read, up to a message or to its end',
  params: roomParams,
  body: z.object({ messageId: id.optional() }).default({}),
  status: 200,
  response: readPosition,
  errors: ['room_not_found', 'not_authorized', 'message_not_found'],
});

export const getReadPositions = operation({
  id: 'getReadPositions',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/read-positions',
  summary: 'How far each member has read (at most 1,000 members)',
  params: roomParams,
  status: 200,
  response: z.object({ positions: z.array(readPosition) }),
  errors: ['room_not_found', 'not_authorized'],
});

export const getUnread = operation({
  id: 'getUnread',
  service,
  tag,
  method: 'get',
  path: '/api/v1/unread',
  summary: "Unread messages of each of the caller's rooms that has any (counts stop at 1,000)",
  status: 200,
  response: z.object({
    rooms: z.array(z.object({ roomId: id, unread: z.number().int(), seq, readSeq: seq })),
    total: z.number().int(),
  }),
});

export const sync = operation({
  id: 'sync',
  service,
  tag,
  method: 'post',
  path: '/api/v1/sync',
  summary: 'What changed in rooms since the `seq`s one knows',
  description:
    'Ask again with the returned `seq` and `readSeq` while `hasMore`. A message that changed several times appears once, in its present state. Applied in order (messages by id, who `left` loses their position, then `positions` by user), the changes make an old snapshot a fresh one. Rooms that the caller does not belong to are named in `gone`, and nothing else is told of them; rooms they have come to belong to in `gained`, if asked for. Who knows more rooms than one call takes hands them in by ascending id, each call with `gained` set to the stretch of ids that it covers. One answer is bounded in all: rooms that did not fit in come back with `hasMore` and the cursors that were handed in.',
  body: syncQuestion,
  status: 200,
  response: syncAnswer,
});

import { z } from 'zod';
import { id, pageLimit, seq } from '../schemas/common.ts';
import { clientId, content, message, reaction, readPosition } from '../schemas/message.ts';
import { syncAnswer, syncQuestion, syncUnits } from '../schemas/sync.ts';
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
    'Idempotent with a `clientId`: the same key always means the same message. By default, ' +
    'sessions of the contract `rooms` may send 5 messages in 10 seconds per room.',
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

/** All cursors of a history page. Without a cursor, the latest page. */
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
      hasMore: z.boolean().meta({ description: 'whether there are more in the requested direction' }),
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
  summary: 'Edit a message of the caller',
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
  summary: 'Delete a message of the caller; owner and admins: any message',
  description: 'The message keeps its place in the timeline, without content.',
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
  summary: 'React to a message; repeating a reaction removes it',
  description: 'With `on`, the request states the outcome instead of toggling, and is idempotent.',
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
  summary: "Members' read positions (at most 1,000 members)",
  params: roomParams,
  status: 200,
  response: z.object({ positions: z.array(readPosition) }),
  errors: ['room_not_found', 'not_authorized'],
});

export const getReceipts = operation({
  id: 'getReceipts',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/messages/:messageId/receipts',
  summary: 'How many members a message of the caller has reached',
  description:
    'Counts current members who had joined before the message, without its author. Rooms with more ' +
    'than `RECEIPTS_UP_TO` members (100 by default) have no live receipts of other users, so their ' +
    'clients ask here.',
  params: messageParams,
  status: 200,
  response: z.object({
    messageId: id,
    recipients: z.number().int(),
    /** Includes those who have read it. */
    delivered: z.number().int(),
    read: z.number().int(),
  }),
  errors: ['room_not_found', 'not_authorized', 'message_not_found'],
});

export const getUnread = operation({
  id: 'getUnread',
  service,
  tag,
  method: 'get',
  path: '/api/v1/unread',
  summary: "Unread counts of the caller's rooms with unread messages (at most 1,000 per room)",
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
  summary: 'Changes in rooms since given `seq`s',
  description:
    'While `hasMore` is true, repeat the request with the returned `seq` and `readSeq`. A ' +
    'message that changed several times appears once, in its current state. Apply the changes ' +
    'in order, messages by id and `positions` by user; a member who `left` loses their ' +
    'position. The result is a current snapshot. `gone` lists the requested rooms that the ' +
    'caller does not belong to. `gained`, if requested, lists rooms that the caller has ' +
    'joined. With more rooms than one request accepts, send them by ascending id, and set ' +
    '`gained` in each request to its range of ids. The size of an answer is limited: rooms ' +
    'that did not fit have `hasMore` and their requested cursors. Rate limits count one request ' +
    'per 25 rooms.',
  body: syncQuestion,
  units: syncUnits,
  status: 200,
  response: syncAnswer,
});

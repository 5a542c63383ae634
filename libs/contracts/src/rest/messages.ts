import { z } from 'zod';
import { because, id, pageLimit, queryFlag, seq } from '../schemas/common.ts';
import { digestQuery, digestUnits, roomDigest } from '../schemas/digest.ts';
import { mentionRequest } from '../schemas/mention.ts';
import {
  clientId,
  content,
  isThreadReply,
  message,
  needsThreadRoot,
  reaction,
  readPosition,
  threadReply,
  threadsApart,
  writeConditions,
} from '../schemas/message.ts';
import { syncAnswer, syncQuestion, syncUnits } from '../schemas/sync.ts';
import { threadSummary } from '../schemas/thread.ts';
import { unreadCounts } from '../schemas/unread.ts';
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
  scope: 'messages:send',
  summary: 'Send a message',
  description:
    'Idempotent with a `clientId`: the same key always means the same message. By default, ' +
    'sessions of the contract `rooms` may send 5 messages in 10 seconds per room.',
  params: roomParams,
  body: z
    .object({
      content,
      clientId: clientId.optional(),
      replyTo: id.optional(),
      isEncrypted: z.boolean().default(false),
      mentions: mentionRequest.optional(),
      ...threadReply,
      ...writeConditions,
    })
    .refine(isThreadReply, needsThreadRoot),
  status: 201,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'blocked', 'conflict', 'state_changed', 'message_not_found'],
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
      because('combination', 'before_seq, after_seq and page exclude one another'),
    );

export const getHistory = operation({
  id: 'getHistory',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/messages',
  scope: 'messages:read',
  summary: "A page of a room's history, oldest first within the page",
  params: roomParams,
  query: historyQuery(pageLimit(50, 200)).safeExtend({
    threads: queryFlag.optional().meta({
      description:
        'for clients that show threads apart: true omits replies that are only in their thread, and ' +
        'the answer has `threads`',
    }),
  }),
  status: 200,
  response: z.object({
    messages: z.array(message),
    threads: z
      .array(threadSummary)
      .optional()
      .meta({ description: 'the threads that the messages of this page begin' }),
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
  scope: 'messages:read',
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
  scope: 'messages:send',
  summary: 'Edit a message of the caller',
  description:
    'A user whom the edit mentions for the first time has one more unread mention, even where the ' +
    'message is read. A mention that the edit removes no longer counts.',
  params: messageParams,
  body: z.object({ content, mentions: mentionRequest.optional(), ...writeConditions }),
  status: 200,
  response: message,
  errors: ['state_changed', 'room_not_found', 'not_authorized', 'message_not_found'],
});

export const deleteMessage = operation({
  id: 'deleteMessage',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/messages/:messageId',
  scope: 'messages:send',
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
  scope: 'messages:send',
  summary: 'React to a message; repeating a reaction removes it',
  description: 'With `on`, the request states the outcome instead of toggling, and is idempotent.',
  params: messageParams,
  body: z.object({ reaction, on: z.boolean().optional(), ...writeConditions }),
  status: 200,
  response: message,
  errors: ['state_changed', 'room_not_found', 'not_authorized', 'message_not_found', 'limit_reached'],
});

export const markRead = operation({
  id: 'markRead',
  service,
  tag,
  method: 'post',
  path: '/api/v1/rooms/:roomId/messages/read',
  scope: 'messages:read',
  summary: 'Mark a room read, up to a message or to its end',
  params: roomParams,
  body: z.object({ messageId: id.optional(), threads: threadsApart }).default({}),
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
  scope: 'messages:read',
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
  scope: 'messages:read',
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
  scope: 'messages:read',
  roomsOf: 'none',
  summary: "Unread counts of the caller's rooms with unread messages (at most 1,000 per room)",
  description:
    '`mentions` counts messages of others that mention the caller, or all members, since the read ' +
    'position: also an earlier message that was edited since then, so `unread` may be lower. Marking ' +
    'the room read up to its end clears it. Mentions between users with a block do not count.',
  query: z.object({
    threads: queryFlag.optional().meta({
      description:
        'for clients that show threads apart: true leaves out replies that are only in their thread; ' +
        '`GET /api/v1/threads/unread` counts them',
    }),
  }),
  status: 200,
  response: unreadCounts,
});

export const sync = operation({
  id: 'sync',
  service,
  tag,
  method: 'post',
  path: '/api/v1/sync',
  scope: 'messages:read',
  // Of the gained rooms, the answer has only those of the token.
  roomsOf: ({ rooms }) => rooms.map(({ roomId }) => roomId),
  summary: 'Changes in rooms since given `seq`s',
  description:
    'While `hasMore` is true, repeat the request with the returned `seq` and `readSeq`. A ' +
    'message that changed several times appears once, in its current state. Apply the changes ' +
    'in order, messages by id and `positions` by user; a member who `left` loses their ' +
    'position. The result is a current snapshot. `gone` lists the requested rooms that the ' +
    'caller does not belong to. `gained`, if requested, lists rooms that the caller has ' +
    'joined. With more rooms than one request accepts, send them by ascending id, and set ' +
    '`gained` in each request to its range of ids. `account` requests the changes of the ' +
    'account, which has numbers of its own: its changes of any kind replace the last one of that ' +
    'kind and subject; ignore unknown kinds. The size of an answer is limited: rooms ' +
    'that did not fit have `hasMore` and their requested cursors. Rate limits count one request ' +
    'per 25 rooms.',
  body: syncQuestion,
  units: syncUnits,
  status: 200,
  response: syncAnswer,
});

export const getDigest = operation({
  id: 'getDigest',
  service,
  tag,
  scope: 'messages:read',
  method: 'get',
  path: '/api/v1/rooms/:roomId/digest',
  summary: "Proves or disproves that a client's copy of a range of messages is correct",
  description:
    'Covers exactly the messages with `from <= seq <= to` that the history returns to the caller: ' +
    'deleted and expired ones count, because they keep their place; blocks hide none; joins and ' +
    'leaves are not messages. The digest is the SHA-256 of a text with one line per message, by ' +
    'ascending `seq`: `seq`, a colon, `changedSeq`, a line feed, as in `7:7\\n9:12\\n`. Each change of ' +
    'a message raises its `changedSeq`. If the digests differ, compare parts of the range, and load ' +
    'the history of the smallest parts that differ. The answer is that of the history, and of a ' +
    '`sync` that ends at `at`, at the same moment. A copy is only comparable if it has all changes ' +
    "up to the answer's `changedSeq`, and no message of the range that changed after `at`; " +
    'otherwise ask again. Rate limits count one request per 1,000 numbers of the range.',
  params: roomParams,
  query: digestQuery,
  units: (_body, query) => digestUnits(query),
  status: 200,
  response: roomDigest,
  errors: ['room_not_found', 'not_authorized'],
});

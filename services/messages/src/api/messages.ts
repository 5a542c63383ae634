import { messagesApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { getHistory } from '../usecases/get-history.ts';
import { getMessage } from '../usecases/get-message.ts';
import { getReadPositions } from '../usecases/get-read-positions.ts';
import { getReceipts } from '../usecases/get-receipts.ts';
import { getUnread } from '../usecases/get-unread.ts';
import { syncRooms } from '../usecases/sync-rooms.ts';

/** The canonical API, in the order of its contract. Writes are submitted to the room's writer. */
export const messageRoutes = (context: Context): Route[] => [
  route(messagesApi.sendMessage, ({ params: { roomId }, body, caller }) => {
    const { content, clientId = null, replyTo = null, isEncrypted } = body;
    return context.submitter.message(caller, { op: 'send', roomId, content, clientId, replyTo, isEncrypted });
  }),
  route(messagesApi.getHistory, async ({ params, query, caller }) => {
    const { messages, ...where } = await getHistory(context, caller, params.roomId, query);
    return { messages, pagination: { limit: query.limit, ...where, page: query.page ?? null } };
  }),
  route(messagesApi.getMessage, ({ params: { roomId, messageId }, caller }) =>
    getMessage(context, caller, roomId, messageId),
  ),
  route(messagesApi.editMessage, ({ params: { roomId, messageId }, body: { content }, caller }) =>
    context.submitter.message(caller, { op: 'edit', roomId, messageId, content }),
  ),
  route(messagesApi.deleteMessage, async ({ params: { roomId, messageId }, caller }) => {
    await context.submitter.message(caller, { op: 'delete', roomId, messageId });
  }),
  route(messagesApi.reactToMessage, ({ params: { roomId, messageId }, body: { reaction, on }, caller }) =>
    context.submitter.message(caller, { op: 'react', roomId, messageId, reaction, on }),
  ),
  route(messagesApi.markRead, ({ params: { roomId }, body: { messageId = null }, caller }) =>
    context.submitter.read(caller, { op: 'read', roomId, messageId }),
  ),
  route(messagesApi.getReadPositions, async ({ params: { roomId }, caller }) => ({
    positions: await getReadPositions(context, caller, roomId),
  })),
  route(messagesApi.getReceipts, ({ params: { roomId, messageId }, caller }) =>
    getReceipts(context, caller, roomId, messageId),
  ),
  route(messagesApi.getUnread, ({ caller }) => getUnread(context, caller)),
  route(messagesApi.sync, ({ body, caller }) => syncRooms(context, caller, body)),
];

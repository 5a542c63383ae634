import { messagesApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';
import { getDigest } from '../usecases/get-digest.ts';
import { getHistory } from '../usecases/get-history.ts';
import { getMessage } from '../usecases/get-message.ts';
import { getReadPositions } from '../usecases/get-read-positions.ts';
import { getReceipts } from '../usecases/get-receipts.ts';
import { getThreadsOf } from '../usecases/get-threads.ts';
import { getUnread } from '../usecases/get-unread.ts';
import { syncRooms } from '../usecases/sync-rooms.ts';

/** The canonical API, in the order of its contract. Writes are submitted to the room's writer. */
export const messageRoutes = (context: CommonContext): Route[] => [
  route(messagesApi.sendMessage, ({ params: { roomId }, body, caller }) => {
    const { clientId = null, replyTo = null, ...message } = body;
    return context.submitter.message(caller, { op: 'send', roomId, clientId, replyTo, ...message });
  }),
  route(messagesApi.getHistory, async ({ params: { roomId }, query, caller }) => {
    const { threads: apart, ...window } = query;
    const only = apart ? 'inRoom' : undefined;
    const { messages, ...where } = await getHistory(context.databases.of(roomId), caller, roomId, {
      ...window,
      only,
    });
    const threads = apart
      ? { threads: await getThreadsOf(context.databases.of(roomId), caller, roomId, messages) }
      : {};
    return { messages, ...threads, pagination: { limit: query.limit, ...where, page: query.page ?? null } };
  }),
  route(messagesApi.getMessage, ({ params: { roomId, messageId }, caller }) =>
    getMessage(context.databases.of(roomId), caller, roomId, messageId),
  ),
  route(messagesApi.editMessage, ({ params: { roomId, messageId }, body, caller }) =>
    context.submitter.message(caller, { op: 'edit', roomId, messageId, ...body }),
  ),
  route(messagesApi.deleteMessage, async ({ params: { roomId, messageId }, caller }) => {
    await context.submitter.message(caller, { op: 'delete', roomId, messageId });
  }),
  route(messagesApi.reactToMessage, ({ params: { roomId, messageId }, body, caller }) =>
    context.submitter.message(caller, { op: 'react', roomId, messageId, ...body }),
  ),
  route(messagesApi.markRead, ({ params: { roomId }, body: { messageId = null, threads }, caller }) =>
    context.submitter.read(caller, { op: 'read', roomId, messageId, ...(threads && { threads: 'apart' }) }),
  ),
  route(messagesApi.getReadPositions, async ({ params: { roomId }, caller }) => ({
    positions: await getReadPositions(context.databases.of(roomId), caller, roomId),
  })),
  route(messagesApi.getReceipts, ({ params: { roomId, messageId }, caller }) =>
    getReceipts(context.databases.of(roomId), caller, roomId, messageId),
  ),
  route(messagesApi.getUnread, ({ caller, query }) => getUnread(context, caller, query.threads ?? false)),
  route(messagesApi.getDigest, ({ params: { roomId }, query, caller }) =>
    getDigest(context.databases.of(roomId), caller, roomId, query),
  ),
  route(messagesApi.sync, ({ body, caller }) => syncRooms(context, caller, body)),
];

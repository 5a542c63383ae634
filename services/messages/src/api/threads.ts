import { threadsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';
import { getThread } from '../usecases/get-thread.ts';
import { getUnreadThreads, listThreads } from '../usecases/get-threads.ts';

/** Threads. Positions are written by the room's writer. */
export const threadRoutes = (context: CommonContext): Route[] => [
  route(threadsApi.listThreads, ({ params: { roomId }, query, caller }) =>
    listThreads(context.databases.of(roomId), caller, roomId, query),
  ),
  route(threadsApi.getThread, ({ params: { roomId, messageId }, query, caller }) =>
    getThread(context.databases.of(roomId), caller, { roomId, messageId }, query),
  ),
  route(threadsApi.readThread, ({ params, body: { seq = null, unread }, caller }) =>
    context.submitter.thread(caller, { op: 'thread', ...params, seq, unread }),
  ),
  route(threadsApi.followThread, ({ params, caller }) =>
    context.submitter.thread(caller, { op: 'thread', ...params, following: true }),
  ),
  route(threadsApi.unfollowThread, ({ params, caller }) =>
    context.submitter.thread(caller, { op: 'thread', ...params, following: false }),
  ),
  route(threadsApi.readThreads, ({ params: { roomId }, caller }) =>
    context.submitter.thread(caller, { op: 'read', roomId, messageId: null, threads: 'only' }),
  ),
  route(threadsApi.getUnreadThreads, ({ caller }) => getUnreadThreads(context, caller)),
];

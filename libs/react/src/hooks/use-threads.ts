import type { Thread } from '@parley/client';
import { useMemo } from 'react';
import type { ThreadFilter, ThreadList } from '../stores/thread-list-store.ts';
import { threadKey, type UnreadThreads } from '../stores/threads-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { type UseMessages, type UseMessagesOptions, useMessagesOf } from './use-messages.ts';
import { useSelected, useWithMethods } from './use-readable.ts';

export interface UseThread extends UseMessages {
  /** Its root and counts; undefined until they are loaded. */
  thread: Thread | undefined;
  /** @throws ParleyError */
  follow(on: boolean): Promise<void>;
}

/**
 * A thread: its root and then its replies, kept current, with everything that `useMessages` offers.
 * @param messageId a message of the thread: its root or a reply
 */
export function useThread(roomId: string, messageId: string, options: UseMessagesOptions = {}): UseThread {
  const { client, thread: threads, threads: known } = useParleyStore();
  const messages = useMessagesOf(threads.get(`${roomId} ${messageId}`), options);
  const [first] = messages.items;
  const message = first?.kind === 'message' ? first.message : undefined;
  const rootSeq = message && (message.threadRootSeq ?? message.seq);
  const thread = useSelected(known, (state) =>
    rootSeq === undefined ? undefined : state.threads.get(threadKey(roomId, rootSeq)),
  );
  return useMemo(
    () => ({
      ...messages,
      thread,
      follow: async (on) => {
        await client.api[on ? 'followThread' : 'unfollowThread']({ roomId, messageId });
      },
    }),
    [messages, thread, client, roomId, messageId],
  );
}

/**
 * The thread that a message of the room begins; undefined: it has no replies, or is not known.
 * Those of the messages that `useMessages` has loaded are known, if the client shows threads apart.
 */
export const useThreadOf = (roomId: string, rootSeq: number): Thread | undefined =>
  useSelected(useParleyStore().threads, ({ threads }) => threads.get(threadKey(roomId, rootSeq)));

export interface UseThreads extends ThreadList {
  /** Loads further threads, or repeats what has failed. Never rejects: see `error`. */
  loadMore(): Promise<void>;
}

/** The threads of a room, or else of all rooms of the user. Those of `useRooms` are live. */
export function useThreads({
  filter = 'followed',
  roomId = '',
}: {
  filter?: ThreadFilter | undefined;
  roomId?: string | undefined;
} = {}): UseThreads {
  const store = useParleyStore().threadLists.get(roomId ? `${filter} ${roomId}` : filter);
  return useWithMethods(store, store.methods);
}

/**
 * How much is unread in followed threads. It follows the rooms that `useRooms` does. Renders again
 * only when a count changes.
 */
export const useUnreadThreads = (): UnreadThreads =>
  useSelected(useParleyStore().threads, ({ unread }) => unread);

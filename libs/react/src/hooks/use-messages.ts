import type { Mentions, PendingMessage } from '@parley/client';
import { useEffect, useRef } from 'react';
import type { PostOptions } from '../stores/message-scope.ts';
import type { MessagesState, Position } from '../stores/messages-state.ts';
import type { MessagesStore } from '../stores/messages-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useWithMethods } from './use-readable.ts';

export interface UseMessagesOptions {
  /**
   * Where the room opens: at the message with that `seq`, at the first unread one, or at the end.
   * Another value later goes there. Components of one room share its messages. @default 'latest'
   */
  at?: Position | undefined;
  /** Messages per request, at most 200. @default 50 */
  pageSize?: number | undefined;
}

/** The methods keep their identity. Those that return a promise reject with a ParleyError. */
export interface UseMessages extends MessagesState {
  /** Loads the page before the first item. Never rejects: see `error`. */
  loadBefore(): Promise<void>;
  /** Loads the page after the last item. Never rejects: see `error`. */
  loadAfter(): Promise<void>;
  /** Shows the messages around that number. Never rejects: see `error`. */
  jumpTo(seq: number): Promise<void>;
  /** Shows the end of the room. Never rejects: see `error`. */
  jumpToLatest(): Promise<void>;
  /**
   * Sends a message, which appears at once as a pending one.
   * @throws ParleyError `not_logged_in`; `limit_reached` if too many are waiting
   */
  send(content: string, options?: PostOptions): PendingMessage;
  /** Sends a failed pending message again. */
  retry(clientId: string): void;
  /** Forgets a failed pending message. */
  discard(clientId: string): void;
  edit(messageId: string, content: string, options?: { mentions?: Mentions }): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** @param on whether the reaction should exist afterwards. @default true */
  react(messageId: string, reaction: string, on?: boolean): Promise<void>;
  /** Marks the room read up to that message, or to its end. */
  markRead(messageId?: string): Promise<void>;
}

/**
 * The messages of a room, kept current; without replies that are only in their thread, if the
 * client shows threads apart.
 */
export const useMessages = (roomId: string, options: UseMessagesOptions = {}): UseMessages =>
  useMessagesOf(useParleyStore().messages.get(roomId), options);

export function useMessagesOf(store: MessagesStore, { at, pageSize }: UseMessagesOptions): UseMessages {
  const opened = useRef({ store, at });
  useEffect(() => {
    const { current: before } = opened;
    opened.current = { store, at };
    return store.openAt(at, { pageSize, isMove: before.store === store && before.at !== at });
  }, [store, at, pageSize]);
  return useWithMethods(store, store.methods);
}

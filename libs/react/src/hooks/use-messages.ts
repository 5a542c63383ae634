import type { PendingMessage } from '@parley/client';
import { useEffect, useMemo, useRef } from 'react';
import type { MessagesState, Position } from '../stores/messages-state.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable } from './use-readable.ts';

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
  send(content: string, options?: { replyTo?: string }): PendingMessage;
  /** Sends a failed pending message again. */
  retry(clientId: string): void;
  /** Forgets a failed pending message. */
  discard(clientId: string): void;
  edit(messageId: string, content: string): Promise<void>;
  remove(messageId: string): Promise<void>;
  /** @param on whether the reaction should exist afterwards. @default true */
  react(messageId: string, reaction: string, on?: boolean): Promise<void>;
  /** Marks the room read up to that message, or to its end. */
  markRead(messageId?: string): Promise<void>;
}

/** The messages of a room, kept current. */
export function useMessages(roomId: string, { at, pageSize }: UseMessagesOptions = {}): UseMessages {
  const store = useParleyStore().messages.get(roomId);
  const opened = useRef({ store, at });
  useEffect(() => {
    const { current: before } = opened;
    opened.current = { store, at };
    return store.openAt(at, { pageSize, isMove: before.store === store && before.at !== at });
  }, [store, at, pageSize]);
  const state = useReadable(store);
  return useMemo(() => {
    const { loadBefore, loadAfter, jumpTo, jumpToLatest, send, markRead } = store;
    const { retry, discard, edit, remove, react } = store.actions;
    return {
      ...state,
      ...{ loadBefore, loadAfter, jumpTo, jumpToLatest, send, markRead },
      ...{ retry, discard, edit, remove, react },
    };
  }, [state, store]);
}

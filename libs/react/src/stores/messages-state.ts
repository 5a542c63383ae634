import type { ParleyError } from '@parley/client';
import type { TimelineItem } from './timeline-items.ts';

/** Where a room opens: at the message with that `seq`, the first unread one, or the end. */
export type Position = number | 'unread' | 'latest';

export interface MessagesState {
  /** In order. The items keep their identity until they change. */
  items: TimelineItem[];
  /** The part that is loading. */
  loading: 'first' | 'before' | 'after' | null;
  /** Why the last load has failed. The first one is repeated after a reconnect. */
  error: ParleyError | null;
  hasBefore: boolean;
  hasAfter: boolean;
  /** The first message of others that was unread when the room opened, once it is loaded. */
  firstUnreadSeq: number | null;
  /** How many messages of others have arrived while the end of the room is not loaded. */
  newSince: number;
}

/** The state before the first load. */
export const unopened: MessagesState = {
  items: [],
  loading: 'first',
  error: null,
  hasBefore: false,
  hasAfter: false,
  firstUnreadSeq: null,
  newSince: 0,
};

export const isSameMessagesState = (one: MessagesState, other: MessagesState): boolean =>
  (Object.keys(one) as (keyof MessagesState)[]).every((field) => one[field] === other[field]);

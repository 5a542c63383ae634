import type { Message } from '@parley/client';
import type { MessagePage, PageQuery } from './message-scope.ts';

/** A consecutive part of the history. */
export interface Range {
  messages: Message[];
  hasBefore: boolean;
  hasAfter: boolean;
}

export type MessageLoader = ReturnType<typeof messageLoader>;

/** Loads parts of a timeline. All methods throw a ParleyError. */
export function messageLoader(load: (query: PageQuery) => Promise<MessagePage>) {
  const before = async (seq: number, limit: number): Promise<Pick<Range, 'messages' | 'hasBefore'>> => {
    const { messages, pagination } = await load({ limit, before_seq: Math.max(seq, 1) });
    return { messages, hasBefore: pagination.hasMore };
  };
  const after = async (seq: number, limit: number): Promise<Pick<Range, 'messages' | 'hasAfter'>> => {
    const { messages, pagination } = await load({ limit, after_seq: Math.max(seq, 0) });
    return { messages, hasAfter: pagination.hasMore };
  };
  return {
    before,
    after,
    latest: async (limit: number): Promise<Range> => {
      const { messages, pagination } = await load({ limit });
      return { messages, hasBefore: pagination.hasMore, hasAfter: false };
    },
    /** Messages on both sides of `seq`, and the one with that number. */
    around: async (seq: number, limit: number): Promise<Range> => {
      const half = Math.max(Math.floor(limit / 2), 1);
      const [first, second] = await Promise.all([before(seq, half), after(seq - 1, limit - half || 1)]);
      return { ...first, ...second, messages: [...first.messages, ...second.messages] };
    },
  };
}

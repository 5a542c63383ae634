import type { Mentions, Message } from '@parley/client';
import { threadsOf } from './last-messages.ts';
import type { Live } from './live.ts';
import { isInRoom, type ThreadFields } from './message-changes.ts';
import type { RoomsStore } from './rooms-store.ts';
import type { ThreadsStore } from './threads-store.ts';

export interface PostOptions {
  replyTo?: string;
  mentions?: Mentions;
  /** A message of the thread that it belongs to. */
  threadRoot?: string;
  /** Whether a reply in a thread is also a message of the room. */
  alsoInRoom?: boolean;
}

export interface PageQuery {
  limit: number;
  before_seq?: number;
  after_seq?: number;
}

export interface MessagePage {
  messages: Message[];
  pagination: { hasMore: boolean };
}

/** The messages that a timeline consists of: those of a room, or of a thread. */
export interface MessageScope {
  /** Then members who join or leave are part of it, and it has a digest. */
  isRoom: boolean;
  /** Of a message, stored or pending. */
  has(live: Live, message: ThreadFields): boolean;
  /** Keeps what it needs running. Returns a function that ends this use. */
  use(live: Live): () => void;
  page(live: Live, query: PageQuery): Promise<MessagePage>;
  /** The user's read position if they have unread messages here, otherwise undefined. */
  readSeq(live: Live): Promise<number | undefined>;
  /** @param seq the number of the message, if known; without a message, reads everything */
  markRead(live: Live, messageId: string | undefined, seq: number | undefined): Promise<void>;
  /** They make a new message part of it. */
  options: PostOptions;
}

/** All messages of a room; without replies that are only in their thread, if those are apart. */
export const roomScope = (roomId: string, rooms: RoomsStore, threads: ThreadsStore): MessageScope => ({
  isRoom: true,
  has: ({ client }, message) => isInRoom(client, message),
  use: ({ client }) => (client.showsThreads ? threads.use() : () => undefined),
  page: async ({ client }, query) => {
    const page = await client.history(roomId, { ...query, ...threadsOf(client) });
    const begun = (page.threads ?? []).flatMap((thread) => {
      const root = page.messages.find(({ id }) => id === thread.rootId);
      return root ? [{ ...thread, root }] : [];
    });
    threads.learn(begun);
    return page;
  },
  readSeq: async ({ client }) => {
    const unread = await client.api.getUnread(threadsOf(client));
    return unread.rooms.find((room) => room.roomId === roomId)?.readSeq;
  },
  markRead: async ({ session }, messageId, seq) => {
    await session.markRead(roomId, messageId);
    if (seq || !messageId) rooms.markedRead(roomId, seq);
  },
  options: {},
});

/**
 * A thread: its root, and then its replies.
 * @param messageId a message of the thread
 */
export function threadScope(roomId: string, messageId: string, threads: ThreadsStore): MessageScope {
  let rootSeq: number | undefined;
  const load = async ({ client }: Live, query: PageQuery) => {
    const page = await client.api.getThread({ roomId, messageId, ...query });
    rootSeq = page.thread.rootSeq;
    threads.learn([page.thread]);
    return page;
  };
  return {
    isRoom: false,
    has: (_, { threadRoot, threadRootSeq = Number.NaN }) =>
      threadRoot === messageId || threadRootSeq === rootSeq,
    use: () => threads.use(),
    page: async (live, query) => {
      const { thread, messages, pagination } = await load(live, query);
      const { after_seq: after, before_seq: before = Number.MAX_VALUE } = query;
      const isFirst = after === undefined ? !pagination.hasMore : after < thread.rootSeq;
      const hasRoot = isFirst && before > thread.rootSeq;
      return { messages: hasRoot ? [thread.root, ...messages] : messages, pagination };
    },
    readSeq: async (live) => {
      const { thread } = await load(live, { limit: 1 });
      return thread.unread > 0 ? thread.readSeq : undefined;
    },
    markRead: async ({ client }, _, seq) => {
      await client.api.readThread({ roomId, messageId, ...(seq !== undefined && { seq }) });
    },
    options: { threadRoot: messageId },
  };
}

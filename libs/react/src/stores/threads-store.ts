import { type Message, type MessageEvent, ParleyError, type Thread } from '@parley/client';
import { debounce } from './debounce.ts';
import { forEachLimit } from './for-each-limit.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, listen, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';
import { afterChange, doesMention } from './message-changes.ts';
import { isSame } from './room-changes.ts';
import { Throttle } from './throttle.ts';

/** The threads that are known, by `threadKey`. An unchanged one keeps its object. */
type Threads = ReadonlyMap<string, Thread>;

export interface UnreadThreads {
  /** How many followed threads have unread replies. */
  threads: number;
  /** Their unread replies. */
  replies: number;
}

export interface KnownThreads {
  threads: Threads;
  unread: UnreadThreads;
  /** Whether those with unread replies are being loaded. */
  loading: boolean;
  error: ParleyError | null;
}

export const noThreads: KnownThreads = {
  threads: new Map(),
  unread: { threads: 0, replies: 0 },
  loading: true,
  error: null,
};
const pageSize = 50;
const showEveryMs = 40;
/** The clients of a room do not ask all at once. */
const maxDelayMs = 2_000;
const maxParticipants = 10;

export const threadKey = (roomId: string, rootSeq: number): string => `${roomId} ${rootSeq}`;

/** The threads with unread replies, and those that were shown. Events keep them current. */
export class ThreadsStore extends LiveStore<KnownThreads> {
  #threads = new Map<string, Thread>();
  readonly #show = new Throttle(() => this.#showNow(), showEveryMs);
  #reload: (roomId: string) => void = () => undefined;

  #find(roomId: string, rootSeq: number): Thread | undefined {
    return this.#threads.get(threadKey(roomId, rootSeq));
  }

  /** Takes over what a request has answered. */
  learn(threads: readonly Thread[]): void {
    for (const thread of threads) this.#put(thread);
  }

  /** Loads those with unread replies. */
  async refresh(): Promise<void> {
    const { live, lifetime } = this;
    if (!live || !lifetime) return;
    this.patch({ loading: true });
    let error: ParleyError | null = null;
    try {
      const { rooms } = await live.client.api.getUnreadThreads();
      const roomIds = new Set([...rooms, ...this.#threads.values()].map(({ roomId }) => roomId));
      await forEachLimit([...roomIds], (roomId) => this.#loadRoom(live, lifetime, roomId));
    } catch (thrown) {
      error = ParleyError.from(thrown);
    }
    if (!lifetime.isOver) this.patch({ loading: false, error });
  }

  protected start(live: Live, lifetime: Lifetime): void {
    this.#threads = new Map();
    lifetime.onEnd(() => this.#show.cancel());
    const waiting = new Set<string>();
    const loadWaiting = debounce(
      () => {
        // Later changes load it again.
        for (const roomId of waiting) this.#loadRoom(live, lifetime, roomId).catch(() => undefined);
        waiting.clear();
      },
      lifetime,
      Math.random() * maxDelayMs,
    );
    this.#reload = (roomId) => {
      if (waiting.size === 0) loadWaiting();
      waiting.add(roomId);
    };
    listen(live, lifetime, 'message', (event) => this.#received(live, event));
    for (const name of ['edited', 'deleted'] as const)
      listen(live, lifetime, name, (event) => {
        const ofRoom = this.#of(event.roomId);
        const thread = ofRoom.find(({ root }) => root.id === event.id);
        if (thread) this.#put({ ...thread, root: afterChange(thread.root, event) });
        // It may have been a reply.
        else if (name === 'deleted' && ofRoom.length > 0) this.#reload(event.roomId);
      });
    listen(live, lifetime, 'threadRead', ({ roomId, threadRootSeq, seq, following }) => {
      const thread = this.#find(roomId, threadRootSeq);
      const isRead = thread && seq >= (thread.lastReplySeq ?? 0);
      const read = isRead && { readSeq: seq, unread: 0 };
      if (thread) this.#put({ ...thread, ...read, following: following ?? thread.following });
      // The server counts the rest. Each read of the room reports the position in all threads (0).
      const isMoved = this.#of(roomId).some(({ unread, readSeq }) => unread > 0 && readSeq < seq);
      if (threadRootSeq > 0 || isMoved) this.#reload(roomId);
    });
    for (const name of ['removed', 'reset'] as const)
      listen(live, lifetime, name, ({ roomId }) => {
        this.#forget(this.#of(roomId));
        if (name === 'reset') this.#reload(roomId);
      });
    onReturn(live, lifetime, () => void this.refresh());
    void this.refresh();
  }

  #of(roomId: string): Thread[] {
    return [...this.#threads.values()].filter((thread) => thread.roomId === roomId);
  }

  #received({ userId: ownId }: Live, event: MessageEvent): void {
    const { roomId, threadRootSeq, seq, userId, deletedAt } = event;
    if (threadRootSeq === undefined) return;
    const thread = this.#find(roomId, threadRootSeq);
    if (seq <= (thread?.lastReplySeq ?? 0)) return;
    // The server knows whether the user follows it now.
    const mayFollow = userId === ownId || doesMention(event, ownId);
    if (!thread || deletedAt || (mayFollow && !thread.following)) this.#reload(roomId);
    if (thread && deletedAt === null) this.#put(withReply(thread, event, ownId));
  }

  /** Loads the latest threads of a room, and those with unread replies. */
  async #loadRoom({ client }: Live, lifetime: Lifetime, roomId: string): Promise<void> {
    const list = async (filter: 'all' | 'unread') => {
      const before = new Map(this.#threads);
      const { threads, pagination } = await client.api.listThreads({ roomId, filter, limit: pageSize });
      if (lifetime.isOver) return;
      const cut = pagination.before_seq ?? 0;
      const isMissing = ({ rootSeq, lastReplySeq, unread }: Thread) =>
        (filter === 'all' || unread > 0) &&
        (lastReplySeq ?? 0) >= cut &&
        threads.every((thread) => thread.rootSeq !== rootSeq);
      // A change by an event is newer than the answer, unless the answer has a later reply.
      const isSettled = ({ rootSeq }: Thread) =>
        before.get(threadKey(roomId, rootSeq)) === this.#find(roomId, rootSeq);
      const missing = this.#of(roomId).filter((thread) => isMissing(thread) && isSettled(thread));
      if (filter === 'all') this.#forget(missing);
      else this.learn(missing.map((thread) => ({ ...thread, unread: 0 })));
      for (const thread of threads) this.#put(thread, isSettled(thread));
    };
    await list('all');
    await list('unread');
  }

  /** @param isNewest an answer may be older than an event that was faster */
  #put(thread: Thread, isNewest = false): void {
    const key = threadKey(thread.roomId, thread.rootSeq);
    const known = this.#threads.get(key);
    if (!isNewest && (known?.lastReplySeq ?? 0) > (thread.lastReplySeq ?? 0)) return;
    if (isSame(known, thread)) return;
    this.#threads.set(key, thread);
    this.#show.request();
  }

  #forget(threads: readonly Thread[]): void {
    for (const { roomId, rootSeq } of threads) this.#threads.delete(threadKey(roomId, rootSeq));
    this.#show.request();
  }

  #showNow(): void {
    const before = this.get().unread;
    const unread = { threads: 0, replies: 0 };
    for (const thread of this.#threads.values()) {
      if (thread.unread > 0) unread.threads += 1;
      unread.replies += thread.unread;
    }
    this.patch({ threads: new Map(this.#threads), unread: isSame(unread, before) ? before : unread });
  }
}

/** The thread after a new reply. */
function withReply(thread: Thread, { seq, userId, username, createdAt }: Message, ownId: string): Thread {
  const others = thread.participants.filter((user) => user.userId !== userId);
  return {
    ...thread,
    replies: thread.replies + 1,
    participants: [{ userId, username }, ...others].slice(0, maxParticipants),
    lastReplySeq: seq,
    lastReplyAt: createdAt,
    unread: thread.unread + (thread.following && userId !== ownId ? 1 : 0),
  };
}

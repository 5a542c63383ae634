import { ParleyError, type Thread } from '@parley/client';
import type { Lifetime } from './lifetime.ts';
import type { Live, Login } from './live.ts';
import { LiveStore } from './live-store.ts';
import { isSameList } from './room-changes.ts';
import type { RoomsStore } from './rooms-store.ts';
import type { ThreadsStore } from './threads-store.ts';

export type ThreadFilter = 'followed' | 'unread' | 'all';

export interface ThreadList {
  /** Those with the latest replies first. */
  threads: Thread[];
  loading: boolean;
  error: ParleyError | null;
  hasMore: boolean;
}

const initial: ThreadList = { threads: [], loading: true, error: null, hasMore: false };
const pageSize = 50;
/** Of all rooms, those with the latest messages come first. */
const roomsPerPage = 10;

const filters: Record<ThreadFilter, (thread: Thread) => boolean> = {
  all: ({ replies }) => replies > 0,
  followed: ({ following, replies }) => following && replies > 0,
  unread: ({ unread }) => unread > 0,
};

/** The threads of a room, or of all rooms of the user. */
export class ThreadListStore extends LiveStore<ThreadList> {
  readonly #filter: ThreadFilter;
  readonly #roomId: string | undefined;
  readonly #threads: ThreadsStore;
  readonly #rooms: RoomsStore;
  /** Rooms with further pages, and the number before which they begin. */
  #left = new Map<string, number | undefined>();
  #isListed = false;
  #isLoading = false;

  constructor(login: Login, key: string, threads: ThreadsStore, rooms: RoomsStore) {
    super(login, initial);
    const [filter, roomId] = key.split(' ');
    this.#filter = filter as ThreadFilter;
    this.#roomId = roomId;
    this.#threads = threads;
    this.#rooms = rooms;
  }

  /** Loads what follows, or what has failed. */
  readonly methods = { loadMore: () => this.#loadMore() };

  async #loadMore(): Promise<void> {
    const { live, lifetime } = this;
    if (!live || !lifetime || this.#isLoading) return;
    // The store of the threads has all of those.
    if (this.#filter === 'unread') return this.#threads.refresh();
    this.#isLoading = true;
    this.patch({ loading: true, error: null });
    const some = [...this.#left].slice(0, this.#roomId ? 1 : roomsPerPage);
    try {
      await Promise.all(some.map(([roomId, before]) => this.#loadPage(live, lifetime, roomId, before)));
    } catch (error) {
      if (!lifetime.isOver) this.patch({ error: ParleyError.from(error) });
    }
    if (lifetime.isOver) return;
    this.#isLoading = false;
    this.patch({ loading: false, hasMore: this.#left.size > 0 });
  }

  protected start(_: Live, lifetime: Lifetime): void {
    this.#isListed = false;
    this.#isLoading = false;
    lifetime.onEnd(this.#threads.subscribe(() => this.#show()));
    lifetime.onEnd(this.#rooms.subscribe(() => this.#list()));
    this.#list();
    this.#show();
  }

  /** Begins once the rooms are known. */
  #list(): void {
    const { rooms, loading } = this.#rooms.get();
    if (this.#isListed || (!this.#roomId && loading)) return;
    this.#isListed = true;
    const roomIds = this.#roomId ? [this.#roomId] : rooms.map(({ id }) => id);
    this.#left = new Map(roomIds.map((roomId) => [roomId, undefined]));
    if (this.#filter !== 'unread') void this.#loadMore();
  }

  async #loadPage({ client }: Live, lifetime: Lifetime, roomId: string, before?: number): Promise<void> {
    const { threads, pagination } = await client.api.listThreads({
      ...{ roomId, filter: this.#filter, limit: pageSize },
      ...(before !== undefined && { before_seq: before }),
    });
    if (lifetime.isOver) return;
    if (pagination.before_seq === null) this.#left.delete(roomId);
    else this.#left.set(roomId, pagination.before_seq);
    this.#threads.learn(threads);
  }

  #show(): void {
    const known = this.#threads.get();
    const threads = [...known.threads.values()]
      .filter((thread) => filters[this.#filter](thread) && thread.roomId === (this.#roomId ?? thread.roomId))
      .sort((a, b) => (b.lastReplyAt ?? '').localeCompare(a.lastReplyAt ?? ''));
    const before = this.get();
    const { loading, error } = this.#filter === 'unread' ? known : before;
    const isUnchanged = isSameList(threads, before.threads);
    if (isUnchanged && loading === before.loading && error === before.error) return;
    this.patch({ threads: isUnchanged ? before.threads : threads, loading, error });
  }
}

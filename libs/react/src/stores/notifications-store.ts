import { type Notification, ParleyError } from '@parley/client';
import { debounce } from './debounce.ts';
import type { Lifetime } from './lifetime.ts';
import { type Live, type Login, listen, onReturn, required } from './live.ts';
import { LiveStore } from './live-store.ts';

export interface NotificationsState {
  /** The newest first. */
  items: Notification[];
  /** All unread ones, not only those in `items`. */
  unread: number;
  loading: boolean;
  error: ParleyError | null;
  hasMore: boolean;
}

const initial: NotificationsState = { items: [], unread: 0, loading: true, error: null, hasMore: false };
const pageSize = 50;

/** The user's inbox. */
export class NotificationsStore extends LiveStore<NotificationsState> {
  #cursor: string | null = null;
  #loading = 0;

  constructor(login: Login) {
    super(login, initial);
  }

  readonly methods = {
    loadMore: async (): Promise<void> => {
      const { live, lifetime } = this;
      if (!live || !lifetime || !this.#cursor || this.get().loading) return;
      await this.#load(live, lifetime, this.#cursor);
    },

    /** Loads the newest ones again. */
    refresh: (): void => {
      const { live, lifetime } = this;
      if (live && lifetime) void this.#load(live, lifetime);
    },

    markRead: async (id: string): Promise<void> => {
      this.#put(await required(this.live).client.api.readNotification({ notificationId: id }));
      await this.#count();
    },

    markAllRead: async (): Promise<void> => {
      await required(this.live).client.api.readAllNotifications();
      const items = this.get().items.map((item) => (item.isRead ? item : { ...item, isRead: true }));
      this.patch({ items, unread: 0 });
    },

    remove: async (id: string): Promise<void> => {
      await required(this.live).client.api.deleteNotification({ notificationId: id });
      this.#drop(id);
      await this.#count();
    },
  };

  protected start(live: Live, lifetime: Lifetime): void {
    this.#cursor = null;
    const load = () => void this.#load(live, lifetime);
    const recount = debounce(() => void this.#count(), lifetime);
    for (const name of ['notification', 'notificationUpdated'] as const)
      listen(live, lifetime, name, (item) => {
        this.#put(item);
        recount();
      });
    listen(live, lifetime, 'notificationRemoved', ({ id }) => {
      this.#drop(id);
      recount();
    });
    onReturn(live, lifetime, load);
    load();
  }

  /** The first page replaces the list, which may have changed during an absence. */
  async #load(live: Live, lifetime: Lifetime, cursor?: string): Promise<void> {
    const number = ++this.#loading;
    this.patch({ loading: true });
    try {
      const [page] = await Promise.all([
        live.client.api.listNotifications({ limit: pageSize, ...(cursor && { cursor }) }),
        this.#count(),
      ]);
      if (lifetime.isOver || number !== this.#loading) return;
      this.#cursor = page.nextCursor;
      const known = cursor ? this.get().items : [];
      const ids = new Set(known.map(({ id }) => id));
      const items = [...known, ...page.notifications.filter(({ id }) => !ids.has(id))];
      this.patch({ items, loading: false, error: null, hasMore: page.nextCursor !== null });
    } catch (error) {
      if (!lifetime.isOver && number === this.#loading)
        this.patch({ loading: false, error: ParleyError.from(error) });
    }
  }

  async #count(): Promise<void> {
    const { live, lifetime } = this;
    if (!live || !lifetime) return;
    try {
      const { total } = await live.client.api.listUnreadNotifications({ limit: 1 });
      if (!lifetime.isOver && total !== this.get().unread) this.patch({ unread: total });
    } catch {
      // The next event or connection counts again.
    }
  }

  #put(item: Notification): void {
    const { items } = this.get();
    const isOlder =
      !items.some(({ id }) => id === item.id) && isAfterAll(item, items) && this.#cursor !== null;
    if (isOlder) return;
    const others = items.filter(({ id }) => id !== item.id);
    this.patch({ items: [...others, item].sort((a, b) => order(b).localeCompare(order(a))) });
  }

  #drop(id: string): void {
    const { items } = this.get();
    if (items.some((item) => item.id === id)) this.patch({ items: items.filter((item) => item.id !== id) });
  }
}

/** The server orders them by their last message. */
const order = ({ updatedAt, id }: Notification) => `${updatedAt} ${id}`;

/** Whether it belongs to a page that is not loaded yet. */
const isAfterAll = (item: Notification, items: readonly Notification[]) =>
  items.every((other) => order(other) > order(item));

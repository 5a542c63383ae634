import type { Notification } from '@parley/contracts';
import type { Database } from '@parley/database';
import { readCursor, writeCursor } from '../domain/cursor.ts';
import type { InboxStore } from '../stores/inbox-store.ts';

export interface Page {
  notifications: Notification[];
  nextCursor: string | null;
}

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** Counting stops here. */
const maxCounted = 1_000;

export class ListNotifications {
  readonly #db: Database;
  readonly #inbox: InboxStore;

  constructor(deps: { db: Database; inbox: InboxStore }) {
    this.#db = deps.db;
    this.#inbox = deps.inbox;
  }

  all(userId: string, request: PageRequest): Promise<Page> {
    return this.#page(userId, request, false);
  }

  async unread(userId: string, request: PageRequest): Promise<Page & { total: number }> {
    const [page, total] = await Promise.all([
      this.#page(userId, request, true),
      this.#inbox.countUnread(this.#db, userId, maxCounted),
    ]);
    return { ...page, total };
  }

  async #page(userId: string, { limit, cursor }: PageRequest, unreadOnly: boolean): Promise<Page> {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const { notifications, next } = await this.#inbox.page(this.#db, userId, { limit, after, unreadOnly });
    return { notifications, nextCursor: next && writeCursor(next) };
  }
}

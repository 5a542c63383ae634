import type { Database } from '@parley/database';
import type { InboxStore } from '../stores/inbox-store.ts';

export class ReadAllNotifications {
  readonly #db: Database;
  readonly #inbox: InboxStore;

  constructor(deps: { db: Database; inbox: InboxStore }) {
    this.#db = deps.db;
    this.#inbox = deps.inbox;
  }

  async run(userId: string): Promise<{ read: number }> {
    return { read: await this.#inbox.markAllRead(this.#db, userId) };
  }
}

import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { Clock } from '@parley/runtime';
import type { InboxStore } from '../stores/inbox-store.ts';

export class DeleteNotification {
  readonly #db: Database;
  readonly #inbox: InboxStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; inbox: InboxStore; clock: Clock }) {
    this.#db = deps.db;
    this.#inbox = deps.inbox;
    this.#clock = deps.clock;
  }

  async run(userId: string, notificationId: string): Promise<void> {
    const removed = await this.#inbox.remove(this.#db, userId, notificationId, new Date(this.#clock()));
    if (!removed) throw new AppError('notification_not_found');
  }
}

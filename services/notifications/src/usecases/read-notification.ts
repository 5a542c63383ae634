import type { Notification } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import type { InboxStore } from '../stores/inbox-store.ts';

export class ReadNotification {
  readonly #db: Database;
  readonly #inbox: InboxStore;

  constructor(deps: { db: Database; inbox: InboxStore }) {
    this.#db = deps.db;
    this.#inbox = deps.inbox;
  }

  async run(userId: string, notificationId: string): Promise<Notification> {
    const notification = await this.#inbox.markRead(this.#db, userId, notificationId);
    if (!notification) throw new AppError('notification_not_found');
    return notification;
  }
}

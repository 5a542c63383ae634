import type { Notification } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { markRead } from '../stores/inbox.ts';
import type { Context } from './context.ts';
import { publishChanges } from './publish-changes.ts';

/** @throws AppError `notification_not_found` */
export function readNotification(
  context: Context,
  userId: string,
  notificationId: string,
): Promise<Notification> {
  return context.outbox.transact(async (trx, add) => {
    const found = await markRead(trx, userId, notificationId);
    if (!found) throw new AppError('notification_not_found');
    const { notification, wasUnread } = found;
    if (wasUnread) publishChanges(context, add, { updated: [{ userId, notification }] });
    return notification;
  });
}

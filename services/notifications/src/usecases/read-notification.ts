import type { Notification } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { asWanted } from '../domain/settings.ts';
import { markRead } from '../stores/inbox.ts';
import { findUserSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';

/** @throws AppError `notification_not_found` */
export function readNotification(
  context: Context,
  userId: string,
  notificationId: string,
): Promise<Notification> {
  return context.inbox.transact(async (trx, add) => {
    const found = await markRead(trx, userId, notificationId);
    if (!found) throw new AppError('notification_not_found');
    const { notification, wasUnread } = found;
    if (wasUnread) add({ updated: [{ userId, notification }] });
    const settings = (await findUserSettings(trx, [userId])).get(userId);
    return settings ? asWanted(notification, settings, context.clock()) : notification;
  });
}

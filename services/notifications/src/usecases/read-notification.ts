import type { Notification } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { markRead } from '../stores/inbox.ts';
import type { Context } from './context.ts';

/** @throws AppError `notification_not_found` */
export async function readNotification(
  { db }: Context,
  userId: string,
  notificationId: string,
): Promise<Notification> {
  const notification = await markRead(db, userId, notificationId);
  if (!notification) throw new AppError('notification_not_found');
  return notification;
}

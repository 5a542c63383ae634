import { AppError } from '@parley/errors';
import { removeNotification } from '../stores/inbox.ts';
import type { Context } from './context.ts';

/** @throws AppError `notification_not_found` */
export async function deleteNotification(
  { db, clock }: Context,
  userId: string,
  notificationId: string,
): Promise<void> {
  const removed = await removeNotification(db, userId, notificationId, new Date(clock()));
  if (!removed) throw new AppError('notification_not_found');
}

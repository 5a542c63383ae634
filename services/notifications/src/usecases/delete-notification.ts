import { AppError } from '@parley/errors';
import { removeNotification } from '../stores/inbox.ts';
import type { Context } from './context.ts';

/** @throws AppError `notification_not_found` */
export async function deleteNotification(
  context: Context,
  userId: string,
  notificationId: string,
): Promise<void> {
  await context.inbox.transact(async (trx, add) => {
    const removed = await removeNotification(trx, userId, notificationId, new Date(context.clock()));
    if (!removed) throw new AppError('notification_not_found');
    add({ removed: [{ userId, id: notificationId }] });
  });
}

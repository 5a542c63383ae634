import { AppError } from '@parley/errors';
import { removeNotification } from '../stores/inbox.ts';
import type { Context } from './context.ts';
import { publishChanges } from './publish-changes.ts';

/** @throws AppError `notification_not_found` */
export async function deleteNotification(
  context: Context,
  userId: string,
  notificationId: string,
): Promise<void> {
  await context.outbox.transact(async (trx, add) => {
    const removed = await removeNotification(trx, userId, notificationId, new Date(context.clock()));
    if (!removed) throw new AppError('notification_not_found');
    publishChanges(context, add, { removed: [{ userId, id: notificationId }] });
  });
}

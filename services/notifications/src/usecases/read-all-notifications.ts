import { markAllRead } from '../stores/inbox.ts';
import type { Context } from './context.ts';
import { publishChanges } from './publish-changes.ts';

export const readAllNotifications = (context: Context, userId: string): Promise<{ read: number }> =>
  context.outbox.transact(async (trx, add) => {
    const read = await markAllRead(trx, userId);
    publishChanges(context, add, { updated: read.map((notification) => ({ userId, notification })) });
    return { read: read.length };
  });

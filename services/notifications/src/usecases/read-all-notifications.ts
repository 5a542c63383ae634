import { markAllRead } from '../stores/inbox.ts';
import type { Context } from './context.ts';

/** The largest page. Clients that show more load it again. */
const maxPublished = 200;

export const readAllNotifications = (context: Context, userId: string): Promise<{ read: number }> =>
  context.inbox.transact(async (trx, add) => {
    const read = await markAllRead(trx, userId);
    const latest = read.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)).slice(0, maxPublished);
    add({ updated: latest.map((notification) => ({ userId, notification })) });
    return { read: read.length };
  });

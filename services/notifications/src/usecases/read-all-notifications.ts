import { markAllRead } from '../stores/inbox.ts';
import type { Context } from './context.ts';

export const readAllNotifications = async ({ db }: Context, userId: string): Promise<{ read: number }> => ({
  read: await markAllRead(db, userId),
});

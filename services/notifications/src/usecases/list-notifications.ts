import { decodeInboxCursor, encodeInboxCursor, type Notification } from '@parley/contracts';
import { asWanted } from '../domain/settings.ts';
import { countUnread, findPage } from '../stores/inbox.ts';
import { findUserSettings } from '../stores/settings.ts';
import type { Context } from './context.ts';

export interface Page {
  notifications: Notification[];
  nextCursor: string | null;
}

interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** Counting stops here. */
const maxCounted = 1_000;

export const listNotifications = (context: Context, userId: string, request: PageRequest): Promise<Page> =>
  listPage(context, userId, request, false);

export async function listUnreadNotifications(
  context: Context,
  userId: string,
  request: PageRequest,
): Promise<Page & { total: number }> {
  const [page, total] = await Promise.all([
    listPage(context, userId, request, true),
    countUnread(context.db, userId, maxCounted),
  ]);
  return { ...page, total };
}

async function listPage(
  { db, clock }: Context,
  userId: string,
  { limit, cursor }: PageRequest,
  unreadOnly: boolean,
): Promise<Page> {
  const after = cursor === undefined ? undefined : decodeInboxCursor(cursor);
  const { notifications, next } = await findPage(db, userId, { limit, after, unreadOnly });
  const settings = (await findUserSettings(db, [userId])).get(userId);
  const shown = settings ? notifications.map((one) => asWanted(one, settings, clock())) : notifications;
  return { notifications: shown, nextCursor: next && encodeInboxCursor(next) };
}

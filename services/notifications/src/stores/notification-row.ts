import type { Notification } from '@parley/contracts';

export interface NotificationRow {
  id: string;
  user_id: string;
  type: Notification['type'];
  title: string;
  content: string;
  metadata: Notification['metadata'];
  count: number | null;
  is_read: boolean;
  created_at: Date;
  updated_at: Date;
}

export const notificationColumns =
  'id, user_id, type, title, content, metadata, count, is_read, created_at, updated_at';

/** Deleted rows remain without text, so that a repeated event does not recreate them. */
export const blank = { title: '', content: '', metadata: '{}' };

export const toNotification = (row: NotificationRow): Notification => ({
  id: row.id,
  type: row.type,
  title: row.title,
  content: row.content,
  metadata: { ...row.metadata, ...(row.count !== null && { count: row.count }) },
  isRead: row.is_read,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

import type { Notification } from '@parley/contracts';

export interface NotificationRow {
  id: string;
  user_id: string;
  type: Notification['type'];
  title: string;
  content: string;
  metadata: Notification['metadata'];
  count: number | null;
  mentions: number;
  is_read: boolean;
  created_at: Date;
  updated_at: Date;
}

export const notificationColumns =
  'id, user_id, type, title, content, metadata, count, mentions, is_read, created_at, updated_at';

/** The same, for a statement that names the table. */
export const columnsOf = (table: string): string =>
  notificationColumns
    .split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ');

/** Deleted rows remain without text, so that a repeated event does not recreate them. */
export const blank = { title: '', content: '', metadata: '{}' };
export const blankColumns = "is_read = true, title = '', content = '', metadata = '{}'";

/** A row and its owner. */
export interface Delivered {
  userId: string;
  notification: Notification;
}

/** A deleted row and its owner. */
export interface Removed {
  userId: string;
  id: string;
}

export const toDelivered = (row: NotificationRow): Delivered => ({
  userId: row.user_id,
  notification: toNotification(row),
});

export const toNotification = (row: NotificationRow): Notification => ({
  id: row.id,
  type: row.type,
  title: row.title,
  content: row.content,
  metadata: {
    ...row.metadata,
    ...(row.count !== null && { count: row.count }),
    ...(row.mentions > 0 && { mentions: row.mentions }),
  },
  isRead: row.is_read,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

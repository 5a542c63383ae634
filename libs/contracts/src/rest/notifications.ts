import { z } from 'zod';
import { inboxCursor } from '../cursors.ts';
import { id, pageLimit } from '../schemas/common.ts';
import { notification } from '../schemas/notification.ts';
import { operation } from './operation.ts';

const service = 'notifications';
const tag = 'notifications';
const params = z.object({ notificationId: id });

const pageQuery = z.object({ limit: pageLimit(50, 200), cursor: inboxCursor.optional() });
const page = z.object({
  notifications: z.array(notification),
  nextCursor: z.string().nullable().meta({ description: 'cursor of the next page; null at the end' }),
});

export const listNotifications = operation({
  id: 'listNotifications',
  service,
  tag,
  method: 'get',
  path: '/api/v1/notifications',
  summary: "The caller's inbox, newest first",
  description:
    'Unread messages of one room share one entry, which is updated in place and moves to the ' +
    'front. Reading the room marks its entry as read.',
  query: pageQuery,
  status: 200,
  response: page,
});

export const listUnreadNotifications = operation({
  id: 'listUnreadNotifications',
  service,
  tag,
  method: 'get',
  path: '/api/v1/notifications/unread',
  summary: 'Unread notifications, newest first, and their number',
  query: pageQuery,
  status: 200,
  response: page.extend({ total: z.number().int().meta({ description: 'at most 1,000' }) }),
});

export const readNotification = operation({
  id: 'readNotification',
  service,
  tag,
  method: 'post',
  path: '/api/v1/notifications/:notificationId/read',
  summary: 'Mark a notification as read',
  params,
  status: 200,
  response: notification,
  errors: ['notification_not_found'],
});

export const readAllNotifications = operation({
  id: 'readAllNotifications',
  service,
  tag,
  method: 'post',
  path: '/api/v1/notifications/read-all',
  summary: 'Mark all notifications as read',
  status: 200,
  response: z.object({
    read: z.number().int().meta({ description: 'number of notifications that were unread' }),
  }),
});

export const deleteNotification = operation({
  id: 'deleteNotification',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/notifications/:notificationId',
  summary: 'Delete a notification',
  params,
  status: 204,
  errors: ['notification_not_found'],
});

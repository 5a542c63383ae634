import { notificationsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { deleteNotification } from '../usecases/delete-notification.ts';
import { listNotifications, listUnreadNotifications } from '../usecases/list-notifications.ts';
import { readAllNotifications } from '../usecases/read-all-notifications.ts';
import { readNotification } from '../usecases/read-notification.ts';

export const notificationRoutes = (context: Context): Route[] => [
  route(notificationsApi.listNotifications, ({ caller, query }) =>
    listNotifications(context, caller.userId, query),
  ),
  route(notificationsApi.listUnreadNotifications, ({ caller, query }) =>
    listUnreadNotifications(context, caller.userId, query),
  ),
  route(notificationsApi.readNotification, ({ caller, params }) =>
    readNotification(context, caller.userId, params.notificationId),
  ),
  route(notificationsApi.readAllNotifications, ({ caller }) => readAllNotifications(context, caller.userId)),
  route(notificationsApi.deleteNotification, ({ caller, params }) =>
    deleteNotification(context, caller.userId, params.notificationId),
  ),
];

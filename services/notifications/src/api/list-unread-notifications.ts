import { notificationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { ListNotifications } from '../usecases/list-notifications.ts';

export const listUnreadNotificationsRoute = (list: ListNotifications) =>
  route(notificationsApi.listUnreadNotifications, ({ caller, query }) => list.unread(caller.userId, query));

import { notificationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { ListNotifications } from '../usecases/list-notifications.ts';

export const listNotificationsRoute = (list: ListNotifications) =>
  route(notificationsApi.listNotifications, ({ caller, query }) => list.all(caller.userId, query));

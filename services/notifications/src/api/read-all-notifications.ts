import { notificationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { ReadAllNotifications } from '../usecases/read-all-notifications.ts';

export const readAllNotificationsRoute = (readAll: ReadAllNotifications) =>
  route(notificationsApi.readAllNotifications, ({ caller }) => readAll.run(caller.userId));

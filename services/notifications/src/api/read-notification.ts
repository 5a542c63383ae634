import { notificationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { ReadNotification } from '../usecases/read-notification.ts';

export const readNotificationRoute = (read: ReadNotification) =>
  route(notificationsApi.readNotification, ({ caller, params }) =>
    read.run(caller.userId, params.notificationId),
  );

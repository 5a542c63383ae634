import { notificationsApi } from '@parley/contracts';
import { route } from '@parley/http';
import type { DeleteNotification } from '../usecases/delete-notification.ts';

export const deleteNotificationRoute = (deleteNotification: DeleteNotification) =>
  route(notificationsApi.deleteNotification, async ({ caller, params }) => {
    await deleteNotification.run(caller.userId, params.notificationId);
    return undefined;
  });

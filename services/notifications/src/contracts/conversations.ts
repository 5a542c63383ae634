import { conversationsFamily, toConversationNotification } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { DeleteNotification } from '../usecases/delete-notification.ts';
import type { ListNotifications } from '../usecases/list-notifications.ts';
import type { ReadAllNotifications } from '../usecases/read-all-notifications.ts';
import type { ReadNotification } from '../usecases/read-notification.ts';

interface Deps {
  list: ListNotifications;
  read: ReadNotification;
  readAll: ReadAllNotifications;
  remove: DeleteNotification;
}

/** The notifications of the `conversations` contract; paths with a fixed segment before those with a parameter in its place. */
export function conversationsRoutes({ list, read, readAll, remove }: Deps): Route[] {
  return [
    route(conversationsFamily.listNotifications, async ({ query, caller }) =>
      (await list.all(caller.userId, query)).notifications.map(toConversationNotification),
    ),
    route(conversationsFamily.listUnreadNotifications, async ({ query, caller }) =>
      (await list.unread(caller.userId, query)).notifications.map(toConversationNotification),
    ),
    route(conversationsFamily.readAllNotifications, ({ caller }) => readAll.run(caller.userId)),
    route(conversationsFamily.readNotification, async ({ params, caller }) =>
      toConversationNotification(await read.run(caller.userId, params.id)),
    ),
    route(conversationsFamily.deleteNotification, async ({ params, caller }) => {
      await remove.run(caller.userId, params.id);
      return { notification_id: params.id };
    }),
  ];
}

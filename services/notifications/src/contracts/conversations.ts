import { conversationsContract, type Operation, toConversationNotification } from '@parley/contracts';
import { type Route, type RouteInput, route } from '@parley/http';
import type { DeleteNotification } from '../usecases/delete-notification.ts';
import type { ListNotifications, Page } from '../usecases/list-notifications.ts';
import type { ReadAllNotifications } from '../usecases/read-all-notifications.ts';
import type { ReadNotification } from '../usecases/read-notification.ts';

interface Deps {
  list: ListNotifications;
  read: ReadNotification;
  readAll: ReadAllNotifications;
  remove: DeleteNotification;
}

/**
 * Notifications in the `conversations` contract. Fixed path segments precede parameters in the same
 * place.
 */
export function conversationsRoutes({ list, read, readAll, remove }: Deps): Route[] {
  const show = ({ notifications, nextCursor }: Page, more: RouteInput<Operation>['more']) => {
    more(nextCursor === null ? null : { cursor: nextCursor });
    return notifications.map(toConversationNotification);
  };
  return [
    route(conversationsContract.listNotifications, async ({ query, caller, more }) =>
      show(await list.all(caller.userId, query), more),
    ),
    route(conversationsContract.listUnreadNotifications, async ({ query, caller, more }) =>
      show(await list.unread(caller.userId, query), more),
    ),
    route(conversationsContract.readAllNotifications, ({ caller }) => readAll.run(caller.userId)),
    route(conversationsContract.readNotification, async ({ params, caller }) =>
      toConversationNotification(await read.run(caller.userId, params.id)),
    ),
    route(conversationsContract.deleteNotification, async ({ params, caller }) => {
      await remove.run(caller.userId, params.id);
      return { notification_id: params.id };
    }),
  ];
}

import { conversationsContract, type Operation, toConversationNotification } from '@parley/contracts';
import { type Route, type RouteInput, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { deleteNotification } from '../usecases/delete-notification.ts';
import { listNotifications, listUnreadNotifications, type Page } from '../usecases/list-notifications.ts';
import { readAllNotifications } from '../usecases/read-all-notifications.ts';
import { readNotification } from '../usecases/read-notification.ts';

/**
 * Notifications in the `conversations` contract. Fixed path segments precede parameters in the same
 * place.
 */
export const conversationsRoutes = (context: Context): Route[] => [
  route(conversationsContract.listNotifications, async ({ query, caller, more }) =>
    show(await listNotifications(context, caller.userId, query), more),
  ),
  route(conversationsContract.listUnreadNotifications, async ({ query, caller, more }) =>
    show(await listUnreadNotifications(context, caller.userId, query), more),
  ),
  route(conversationsContract.readAllNotifications, ({ caller }) =>
    readAllNotifications(context, caller.userId),
  ),
  route(conversationsContract.readNotification, async ({ params, caller }) =>
    toConversationNotification(await readNotification(context, caller.userId, params.id)),
  ),
  route(conversationsContract.deleteNotification, async ({ params, caller }) => {
    await deleteNotification(context, caller.userId, params.id);
    return { notification_id: params.id };
  }),
];

function show({ notifications, nextCursor }: Page, more: RouteInput<Operation>['more']) {
  more(nextCursor === null ? null : { cursor: nextCursor });
  return notifications.map(toConversationNotification);
}

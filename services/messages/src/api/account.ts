import { accountApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { deleteBookmark, listBookmarks, putBookmark } from '../usecases/bookmarks.ts';
import type { CommonContext } from '../usecases/context.ts';
import { putDraft } from '../usecases/put-draft.ts';
import { putNotificationSettings, putRoomSettings } from '../usecases/put-settings.ts';

/** Users' own accounts. They are written here, because no room has a part in them. */
export const accountRoutes = (context: CommonContext): Route[] => [
  route(accountApi.putRoomSettings, ({ params: { roomId }, body, caller }) =>
    putRoomSettings(context, caller, roomId, body),
  ),
  route(accountApi.putNotificationSettings, ({ body, caller }) =>
    putNotificationSettings(context, caller, body),
  ),
  route(accountApi.putDraft, ({ params: { roomId }, body, caller }) =>
    putDraft(context, caller, roomId, body),
  ),
  route(accountApi.putBookmark, ({ params, body, caller }) =>
    putBookmark(context, caller, params, body.note ?? ''),
  ),
  route(accountApi.deleteBookmark, ({ params: { messageId }, caller }) =>
    deleteBookmark(context, caller, messageId),
  ),
  route(accountApi.listBookmarks, ({ query, caller }) => listBookmarks(context, caller, query)),
];

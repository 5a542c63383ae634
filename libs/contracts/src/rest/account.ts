import { z } from 'zod';
import {
  bookmark,
  draft,
  maxBookmarks,
  maxDrafts,
  notificationSettings,
  roomSettings,
} from '../schemas/account.ts';
import { id, pageLimit, seq } from '../schemas/common.ts';
import { message } from '../schemas/message.ts';
import { operation } from './operation.ts';

const service = 'messages';
const tag = 'account';
const numbered = { seq: seq.meta({ description: "the number of the change in the user's account" }) };

export const putRoomSettings = operation({
  id: 'putRoomSettings',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/settings',
  summary: "Change the caller's settings for a room, on all devices",
  description:
    'Fields that are not given keep their values. A muted room notifies of nothing, not even of a ' +
    'mention; `GET /api/v1/unread` still counts its messages and mentions, outside of `total` and ' +
    '`badge`. The settings end with the membership. To read them, `sync` the account.',
  params: z.object({ roomId: id }),
  body: roomSettings.partial(),
  status: 200,
  response: roomSettings.extend(numbered),
  errors: ['room_not_found', 'not_authorized'],
});

export const putNotificationSettings = operation({
  id: 'putNotificationSettings',
  service,
  tag,
  method: 'put',
  path: '/api/v1/me/notification-settings',
  summary: "Change the caller's settings for notifications, on all devices",
  description: 'Fields that are not given keep their values. To read them, `sync` the account.',
  body: notificationSettings.partial(),
  status: 200,
  response: notificationSettings.extend(numbered),
});

export const putDraft = operation({
  id: 'putDraft',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/draft',
  summary: "Store the caller's draft in a room or a thread, for all devices",
  description:
    'Only if `ifSeq` is the number of the present draft: 0 if there has been none. Otherwise ' +
    'another device has changed it: `state_changed`, with the present draft in `current`, and ' +
    'nothing is overwritten. A draft without content and `replyTo` is removed. A room has one draft, ' +
    'and so has each of its threads: with `threadRoot`, a message of the thread. Their changes are ' +
    `of the kind \`thread_draft\`. At most ${maxDrafts} drafts.`,
  params: z.object({ roomId: id }),
  body: draft
    .pick({ content: true, replyTo: true })
    .partial({ replyTo: true })
    .extend({ threadRoot: id.optional(), ifSeq: seq }),
  status: 200,
  response: z.object({ draft: draft.nullable(), ...numbered }),
  errors: ['room_not_found', 'not_authorized', 'message_not_found', 'state_changed', 'limit_reached'],
});

const bookmarkParams = z.object({ roomId: id, messageId: id });

export const putBookmark = operation({
  id: 'putBookmark',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/messages/:messageId/bookmark',
  summary: 'Bookmark a message, for the caller alone',
  description: `At most ${maxBookmarks} bookmarks. They end with the membership of the room.`,
  params: bookmarkParams,
  body: bookmark.pick({ note: true }).partial().default({}),
  status: 200,
  response: bookmark.extend(numbered),
  errors: ['room_not_found', 'not_authorized', 'message_not_found', 'limit_reached'],
});

export const deleteBookmark = operation({
  id: 'deleteBookmark',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/messages/:messageId/bookmark',
  summary: 'Remove a bookmark',
  params: bookmarkParams,
  status: 204,
});

export const listBookmarks = operation({
  id: 'listBookmarks',
  service,
  tag,
  method: 'get',
  path: '/api/v1/bookmarks',
  summary: "The caller's bookmarks, the latest first, with the messages as they are now",
  query: z.object({
    roomId: id.optional(),
    limit: pageLimit(50, 200),
    before_seq: z.coerce.number().int().min(1).optional(),
  }),
  status: 200,
  response: z.object({
    bookmarks: z.array(bookmark.extend({ ...numbered, message })),
    before_seq: seq.nullable().meta({ description: 'cursor of the next page; null at the end' }),
  }),
});

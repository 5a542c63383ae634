import { z } from 'zod';
import { inboxCursor } from '../../cursors.ts';
import { because, id, optionalText, pageLimit, shownName } from '../../schemas/common.ts';
import { clientId, content } from '../../schemas/message.ts';
import { historyQuery } from '../messages.ts';
import { operation } from '../operation.ts';
import { conversation, message, notification, user } from './conversations-data.ts';

// Registration, login and logout are shared with `groups`: see `shared-auth.ts`.

const tag = 'conversations';
const conversationParams = z.object({ id });
const messageParams = z.object({ id });
/**
 * Lists that the contract defines as complete. They have up to 1,000 entries and a link to the
 * next.
 */
const wholeList = z.object({ limit: pageLimit(1_000, 1_000) });
const notificationParams = z.object({ id });

export const listUsers = operation({
  id: 'conversationsListUsers',
  service: 'directory',
  tag,
  method: 'get',
  path: '/users',
  summary: 'People whom the caller may see, in alphabetical order',
  description:
    'Returns everyone; of more than 1,000 the first, with a link to the next. `search` filters them.',
  query: wholeList.extend({ search: optionalText(100).optional(), cursor: z.string().max(1_000).optional() }),
  status: 200,
  response: z.array(user),
  mayHaveMore: true,
});

export const getUser = operation({
  id: 'conversationsGetUser',
  service: 'directory',
  tag,
  method: 'get',
  path: '/users/:id',
  summary: 'One user',
  params: z.object({ id }),
  status: 200,
  response: user,
  errors: ['user_not_found'],
});

export const createConversation = operation({
  id: 'conversationsCreate',
  service: 'directory',
  tag,
  method: 'post',
  path: '/conversations',
  summary: 'Create a conversation',
  description:
    'A direct conversation has exactly two participants; the list may omit the caller. If it ' +
    'exists, it is returned. A group needs a name.',
  body: z
    .object({
      name: shownName(1, 100).nullish(),
      is_group: z.boolean().default(false),
      participant_ids: z.array(id).max(500),
    })
    .refine((body) => !body.is_group || (body.name ?? '') !== '', {
      ...because('required', 'a group needs a name'),
      path: ['name'],
    }),
  status: 201,
  response: conversation,
  errors: ['user_not_found', 'blocked', 'limit_reached'],
});

export const listConversations = operation({
  id: 'conversationsList',
  service: 'directory',
  tag,
  method: 'get',
  path: '/conversations',
  summary: "The caller's conversations with participants and latest message, newest conversation first",
  description: 'Returns all of them; of more than 1,000 the newest, with a link to the next.',
  query: wholeList
    .extend({ page: z.coerce.number().int().min(1).max(10_000).optional(), cursor: id.optional() })
    .refine(
      (query) => query.cursor === undefined || query.page === undefined,
      because('combination', 'cursor and page exclude one another'),
    ),
  status: 200,
  response: z.array(conversation),
  mayHaveMore: true,
});

export const getConversation = operation({
  id: 'conversationsGet',
  service: 'directory',
  tag,
  method: 'get',
  path: '/conversations/:id',
  summary: 'One conversation with its messages; participants only',
  description: 'Of more than 1,000 messages the latest, with a link to earlier ones.',
  params: conversationParams,
  status: 200,
  response: conversation.extend({
    messages: z.array(message).meta({ description: 'chronological, without deleted ones' }),
  }),
  mayHaveMore: true,
  errors: ['room_not_found', 'not_authorized', 'unavailable'],
});

export const addParticipants = operation({
  id: 'conversationsAddParticipants',
  service: 'directory',
  tag,
  method: 'post',
  path: '/conversations/:id/participants',
  summary: 'Add participants to a group; owner and admins',
  params: conversationParams,
  body: z.object({ userIds: z.array(id).min(1).max(100) }),
  status: 200,
  response: conversation,
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'blocked', 'room_kind', 'limit_reached'],
});

export const removeParticipant = operation({
  id: 'conversationsRemoveParticipant',
  service: 'directory',
  tag,
  method: 'post',
  path: '/conversations/:id/participants/:userId/remove',
  summary: 'Remove a participant of a group, or oneself; not the last one',
  description:
    'When an owner leaves, the longest-standing admin succeeds them, or else the ' +
    'longest-standing participant.',
  params: z.object({ id, userId: id }),
  status: 200,
  response: conversation.meta({ description: 'without the removed participant' }),
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'last_member', 'room_kind'],
});

export const sendMessage = operation({
  id: 'conversationsSendMessage',
  service: 'messages',
  tag,
  method: 'post',
  path: '/messages',
  summary: 'Send a message; participants only',
  description: 'Idempotent with a `client_id`: the same key always means the same message.',
  body: z.object({ content, conversation_id: id, client_id: clientId.optional() }),
  status: 201,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'blocked', 'conflict'],
});

export const listMessages = operation({
  id: 'conversationsListMessages',
  service: 'messages',
  tag,
  method: 'get',
  path: '/messages/conversation/:conversationId',
  summary: 'Messages of a conversation, chronological, without deleted ones',
  description:
    'Returns all of them; of more than 1,000 the latest, with a link to earlier ones. `limit` ' +
    "requests fewer; `before_seq` and `after_seq` (a message's `seq`) or `page` request " +
    'others.',
  params: z.object({ conversationId: id }),
  query: historyQuery(pageLimit(1_000, 1_000)),
  status: 200,
  response: z.array(message),
  mayHaveMore: true,
  errors: ['room_not_found', 'not_authorized'],
});

export const editMessage = operation({
  id: 'conversationsEditMessage',
  service: 'messages',
  tag,
  method: 'put',
  path: '/messages/:id',
  summary: 'Edit a message of the caller, which marks it as edited',
  params: messageParams,
  body: z.object({ content }),
  status: 200,
  response: message,
  errors: ['message_not_found', 'not_authorized', 'blocked'],
});

export const setMessageStatus = operation({
  id: 'conversationsSetMessageStatus',
  service: 'messages',
  tag,
  method: 'put',
  path: '/messages/:id/status',
  summary: 'Report that a message was delivered to the caller or read by them; participants only',
  description:
    'Applies to earlier messages, too. The state only advances. The response has the status ' +
    'of the message, the least advanced of its recipients.',
  params: messageParams,
  body: z.object({ status: z.enum(['delivered', 'read']) }),
  status: 200,
  response: message,
  errors: ['message_not_found', 'not_authorized'],
});

export const deleteMessage = operation({
  id: 'conversationsDeleteMessage',
  service: 'messages',
  tag,
  method: 'delete',
  path: '/messages/:id',
  summary: 'Delete a message of the caller; it stays without content',
  params: messageParams,
  status: 200,
  response: message,
  errors: ['message_not_found', 'not_authorized'],
});

const inboxQuery = wholeList.extend({ cursor: inboxCursor.optional() });
const inbox = z.array(notification);

export const listNotifications = operation({
  id: 'conversationsListNotifications',
  service: 'notifications',
  tag,
  method: 'get',
  path: '/notifications',
  summary: "The caller's notifications, newest first, without deleted ones",
  description: 'Returns all of them; of more than 1,000 the newest, with a link to the next.',
  query: inboxQuery,
  status: 200,
  response: inbox,
  mayHaveMore: true,
});

export const listUnreadNotifications = operation({
  id: 'conversationsListUnreadNotifications',
  service: 'notifications',
  tag,
  method: 'get',
  path: '/notifications/unread',
  summary: 'Unread notifications, newest first',
  query: inboxQuery,
  status: 200,
  response: inbox,
  mayHaveMore: true,
});

export const readAllNotifications = operation({
  id: 'conversationsReadAllNotifications',
  service: 'notifications',
  tag,
  method: 'post',
  path: '/notifications/read-all',
  summary: 'Mark all notifications as read',
  status: 200,
  response: z.object({
    read: z.number().int().meta({ description: 'number of notifications that were unread' }),
  }),
});

export const readNotification = operation({
  id: 'conversationsReadNotification',
  service: 'notifications',
  tag,
  method: 'post',
  path: '/notifications/:id/read',
  summary: 'Mark a notification as read',
  params: notificationParams,
  status: 200,
  response: notification,
  errors: ['notification_not_found'],
});

export const deleteNotification = operation({
  id: 'conversationsDeleteNotification',
  service: 'notifications',
  tag,
  method: 'delete',
  path: '/notifications/:id',
  summary: 'Delete a notification; it is never shown again',
  params: notificationParams,
  status: 200,
  response: z.object({ notification_id: id }),
  errors: ['notification_not_found'],
});

import {
  changedAccount,
  commandAnswer,
  conversationsNotification,
  removedNotification,
} from './conversations-notification.ts';
import type { DialectTable, Fields } from './dialect-table.ts';
import { errorRow } from './error-row.ts';

const who = { user_id: 'userId', username: 'username' } as const;
const resume = { rooms: 'rooms', gained: 'gained', account: 'account', limit: 'limit' } as const;
const group = { group_id: 'roomId' } as const;

/** Addressed to a user in a direct room, to the group otherwise. */
const message = {
  id: 'id',
  sender_id: 'userId',
  is_bot: 'isBot',
  receiver_id: ['receiver_id', 'roomId'],
  is_group: { absent: 'receiver_id' },
  content: 'content',
  created_at: 'createdAt',
  seq: 'seq',
} as const satisfies Fields;

/** The dialect of `groups`. */
export const kebabCase: DialectTable = {
  showsOwnMessages: true,
  client: {
    join: { event: 'join_rooms', fields: { user_id: 'userId', userId: 'userId' }, bare: 'user_id' },
    'send-message': {
      event: 'send_message',
      fields: {
        sender_id: 'userId',
        receiver_id: 'receiver_id',
        content: 'content',
        is_group: 'is_group',
        client_id: 'clientId',
        if_seq: 'ifSeq',
        if_changed_seq: 'ifChangedSeq',
      },
      inErrors: { roomId: 'receiver_id' },
    },
    'join-group': { event: 'join_room', fields: { group_id: 'roomId' }, bare: 'group_id' },
    'resume-rooms': { event: 'resume', fields: resume },
    'refresh-token': { event: 'refresh_token', fields: { token: 'token' }, bare: 'token' },
    'leave-group': { event: 'leave_room', fields: { group_id: 'roomId' }, bare: 'group_id' },
  },
  server: {
    receive_message: [{ event: 'receive-message', fields: message }],
    message_sent: [{ event: 'message-sent', fields: { ...message, client_id: 'client_id' } }],
    message_edited: [
      {
        event: 'message-edited',
        fields: {
          id: 'id',
          ...group,
          sender_id: 'userId',
          is_bot: 'isBot',
          content: 'content',
          edited_at: 'editedAt',
          seq: 'seq',
        },
      },
    ],
    message_deleted: [
      { event: 'message-deleted', fields: { id: 'id', ...group, deleted_at: 'deletedAt', seq: 'seq' } },
    ],
    message_reaction: [
      {
        event: 'message-reaction',
        fields: {
          message_id: 'messageId',
          ...group,
          ...who,
          reaction: 'reaction',
          on: 'on',
          counts: 'counts',
          seq: 'seq',
        },
      },
    ],
    user_joined: [
      {
        event: 'user-joined',
        fields: { ...who, is_bot: 'isBot', ...group, seq: 'seq', type: 'type', created_at: 'timestamp' },
      },
    ],
    user_left: [
      {
        event: 'user-left',
        fields: { ...who, is_bot: 'isBot', ...group, seq: 'seq', type: 'type', created_at: 'timestamp' },
      },
    ],
    user_typing: [
      { event: 'user-typing', fields: { ...who, is_bot: 'isBot', ...group, is_typing: 'isTyping' } },
    ],
    user_status: [{ event: 'user-status', fields: { ...who, status: 'status' } }],
    room_joined: [{ event: 'joined-group', fields: { ...group, seq: 'seq' } }],
    rooms_joined: [
      {
        event: 'joined',
        fields: { user_id: 'userId', group_ids: 'roomIds', unheard: 'unheard', has_more: 'hasMore' },
      },
    ],
    room_presence: [{ event: 'group-presence', fields: { ...group, online: 'online' } }],
    room_users: [{ event: 'group-users', fields: { ...group, users: 'users' } }],
    messages_read: [{ event: 'messages-read', fields: { ...who, ...group, read_at: 'readAt', seq: 'seq' } }],
    message_status_updated: [
      {
        event: 'message-status',
        fields: { message_id: 'messageId', ...group, user_id: 'readerId', status: 'status' },
      },
    ],
    thread_read: [
      {
        event: 'thread-read',
        fields: {
          ...group,
          thread_root_seq: 'threadRootSeq',
          seq: 'seq',
          threads_seq: 'threadsSeq',
          following: 'following',
        },
      },
    ],
    message_delivered: [
      {
        event: 'message-status',
        fields: { message_id: 'messageId', ...group, user_id: 'userId', status: 'status' },
      },
    ],
    room_added: [{ event: 'group-added', fields: { ...group, name: 'name', kind: 'kind' } }],
    room_created: [{ event: 'group-created', fields: { ...group, name: 'name', kind: 'kind' } }],
    room_updated: [
      {
        event: 'group-updated',
        fields: {
          ...group,
          name: 'name',
          description: 'description',
          group_picture: 'picture',
          kind: 'kind',
          updated_at: 'timestamp',
        },
      },
    ],
    room_removed: [{ event: 'group-removed', fields: { ...group, reason: 'reason' } }],
    message_pinned: [
      {
        event: 'message-pinned',
        fields: { message_id: 'messageId', ...group, seq: 'seq', user_id: 'userId', pinned: 'on' },
      },
    ],
    account_changed: [{ event: 'account-changed', fields: changedAccount }],
    command_answered: [{ event: 'command-answered', fields: commandAnswer }],
    notification: [conversationsNotification],
    notification_updated: [{ ...conversationsNotification, event: 'notification-updated' }],
    notification_removed: [{ event: 'notification-removed', fields: removedNotification }],
    token_expiring: [{ event: 'token-expiring', fields: { expires_at: 'expiresAt' } }],
    server_draining: [{ event: 'server-draining', fields: { reconnect_within_ms: 'reconnectWithinMs' } }],
    error: [errorRow],
  },
};

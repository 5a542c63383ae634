import { conversationsNotification, removedNotification } from './conversations-notification.ts';
import type { DialectTable, Fields } from './dialect-table.ts';
import { errorRow } from './error-row.ts';

const who = { userId: 'userId', username: 'username' } as const;
/** A room, under its names in `organizations` and `conversations`. */
const room = { roomId: 'roomId', conversationId: 'roomId' } as const;

/** A message under the names of both documents. A newly stored message is `sent`. */
const message = {
  id: 'id',
  ...room,
  seq: 'seq',
  ...who,
  content: 'content',
  clientId: 'clientId',
  replyTo: 'replyTo',
  isEncrypted: 'isEncrypted',
  createdAt: 'createdAt',
  timestamp: 'timestamp',
  message_id: 'id',
  conversation_id: 'roomId',
  chat_room_id: 'roomId',
  sender_id: 'userId',
  sender_name: 'username',
  user_id: 'userId',
  client_id: 'clientId',
  is_encrypted: 'isEncrypted',
  status: { value: 'sent' },
  is_edited: { value: false },
  created_at: 'createdAt',
  updated_at: 'createdAt',
  deleted_at: { value: null },
} as const satisfies Fields;

const chatRoom = { ...room, roomName: 'name', organizationId: 'organizationId', kind: 'kind' } as const;

/** The dialect of `organizations` and `conversations`. */
export const camelCase: DialectTable = {
  showsOwnMessages: true,
  client: {
    joinRoom: { event: 'enter_room', fields: { roomId: 'roomId', userId: 'userId' }, bare: 'roomId' },
    leaveRoom: { event: 'leave_room', fields: { roomId: 'roomId', userId: 'userId' }, bare: 'roomId' },
    joinConversation: {
      event: 'join_room',
      fields: { conversationId: 'roomId', userId: 'userId' },
      bare: 'conversationId',
    },
    leaveConversation: {
      event: 'leave_room',
      fields: { conversationId: 'roomId', userId: 'userId' },
      bare: 'conversationId',
    },
    sendMessage: {
      event: 'send_message',
      fields: {
        roomId: 'roomId',
        conversation_id: 'roomId',
        conversationId: 'roomId',
        userId: 'userId',
        sender_id: 'userId',
        content: 'content',
        clientId: 'clientId',
        replyTo: 'replyTo',
        isEncrypted: 'isEncrypted',
        is_encrypted: 'isEncrypted',
      },
    },
    resumeRooms: { event: 'resume', fields: { rooms: 'rooms', gained: 'gained', limit: 'limit' } },
    refreshToken: { event: 'refresh_token', fields: { token: 'token' }, bare: 'token' },
    typing: {
      event: 'typing',
      fields: { roomId: 'roomId', conversationId: 'roomId', userId: 'userId', isTyping: 'isTyping' },
    },
    reactMessage: {
      event: 'react_message',
      fields: { roomId: 'roomId', userId: 'userId', messageId: 'messageId', reaction: 'reaction', on: 'on' },
    },
    newChatRoom: {
      event: 'create_chat_room',
      fields: {
        roomName: 'name',
        invitedUsers: 'invited',
        roomId: 'roomId',
        organizationId: 'organizationId',
        userId: 'userId',
      },
    },
  },
  server: {
    receive_message: [{ event: 'newMessage', fields: message }],
    message_sent: [{ event: 'messageSent', fields: message }],
    message_edited: [
      {
        event: 'messageEdited',
        fields: {
          ...{
            id: 'id',
            messageId: 'id',
            message_id: 'id',
            ...room,
            conversation_id: 'roomId',
            seq: 'seq',
            ...who,
            content: 'content',
          },
          ...{
            is_edited: { value: true },
            editedAt: 'editedAt',
            updated_at: 'editedAt',
            timestamp: 'timestamp',
          },
        },
      },
    ],
    message_deleted: [
      {
        event: 'messageDeleted',
        fields: {
          ...{ id: 'id', messageId: 'id', message_id: 'id', ...room, conversation_id: 'roomId', seq: 'seq' },
          ...{ deletedAt: 'deletedAt', deleted_at: 'deletedAt', timestamp: 'timestamp' },
        },
      },
    ],
    message_reaction: [
      {
        event: 'messageReaction',
        fields: {
          messageId: 'messageId',
          ...room,
          ...who,
          seq: 'seq',
          reaction: 'reaction',
          on: 'on',
          counts: 'counts',
          timestamp: 'timestamp',
        },
      },
    ],
    user_joined: [
      { event: 'userJoined', fields: { ...who, ...room, seq: 'seq', type: 'type', timestamp: 'timestamp' } },
    ],
    user_left: [
      { event: 'userLeft', fields: { ...who, ...room, seq: 'seq', type: 'type', timestamp: 'timestamp' } },
    ],
    user_typing: [
      { event: 'typing', fields: { roomId: 'roomId', ...who, isTyping: 'isTyping' } },
      { event: 'userTyping', fields: { userId: 'userId', conversationId: 'roomId', isTyping: 'isTyping' } },
    ],
    user_status: [{ event: 'userStatus', fields: { ...who, status: 'status', timestamp: 'timestamp' } }],
    room_joined: [{ event: 'roomJoined', fields: { ...room, seq: 'seq' } }],
    rooms_joined: [
      {
        event: 'roomsJoined',
        fields: { userId: 'userId', roomIds: 'roomIds', unheard: 'unheard', hasMore: 'hasMore' },
      },
    ],
    room_users: [{ event: 'roomUsers', fields: { ...room, users: 'users' } }],
    messages_read: [{ event: 'messagesRead', fields: { ...who, ...room, readAt: 'readAt', seq: 'seq' } }],
    message_status_updated: [
      { event: 'messageStatus', fields: { messageId: 'messageId', userId: 'readerId', status: 'status' } },
    ],
    message_delivered: [
      { event: 'messageStatus', fields: { messageId: 'messageId', userId: 'userId', status: 'status' } },
    ],
    room_added: [{ event: 'newChatRoom', when: 'invited', fields: chatRoom }],
    room_created: [{ event: 'newChatRoom', fields: chatRoom }],
    room_updated: [
      {
        event: 'roomUpdated',
        fields: {
          ...chatRoom,
          conversation_id: 'roomId',
          name: 'name',
          description: 'description',
          picture: 'picture',
          isPrivate: 'isPrivate',
          updatedAt: 'timestamp',
          updated_at: 'timestamp',
        },
      },
    ],
    room_removed: [{ event: 'roomRemoved', fields: { ...room, reason: 'reason' } }],
    notification: [conversationsNotification],
    notification_updated: [{ ...conversationsNotification, event: 'notificationUpdated' }],
    notification_removed: [{ event: 'notificationRemoved', fields: removedNotification }],
    token_expiring: [{ event: 'tokenExpiring', fields: { expiresAt: 'expiresAt' } }],
    server_draining: [{ event: 'serverDraining', fields: { reconnectWithinMs: 'reconnectWithinMs' } }],
    error: [errorRow],
  },
};

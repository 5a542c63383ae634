import {
  changedAccount,
  commandAnswer,
  conversationsNotification,
  removedNotification,
} from './conversations-notification.ts';
import type { DialectTable, Fields } from './dialect-table.ts';
import { errorRow } from './error-row.ts';

const resume = { rooms: 'rooms', gained: 'gained', account: 'account', limit: 'limit' } as const;
const who = { userId: 'userId', username: 'username' } as const;
/** A room, under its names in `organizations` and `conversations`. */
const room = { roomId: 'roomId', conversationId: 'roomId' } as const;

/** A message under the names of both documents. A newly stored message is `sent`. */
const message = {
  id: 'id',
  ...room,
  seq: 'seq',
  ...who,
  isBot: 'isBot',
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

/** Conditions of a write. */
const conditions = { ifSeq: 'ifSeq', ifChangedSeq: 'ifChangedSeq' } as const;

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
        ...conditions,
      },
    },
    resumeRooms: { event: 'resume', fields: resume },
    refreshToken: { event: 'refresh_token', fields: { token: 'token' }, bare: 'token' },
    typing: {
      event: 'typing',
      fields: { roomId: 'roomId', conversationId: 'roomId', userId: 'userId', isTyping: 'isTyping' },
    },
    reactMessage: {
      event: 'react_message',
      fields: {
        roomId: 'roomId',
        userId: 'userId',
        messageId: 'messageId',
        reaction: 'reaction',
        on: 'on',
        ...conditions,
      },
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
            isBot: 'isBot',
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
      {
        event: 'userJoined',
        fields: { ...who, isBot: 'isBot', ...room, seq: 'seq', type: 'type', timestamp: 'timestamp' },
      },
    ],
    user_left: [
      {
        event: 'userLeft',
        fields: { ...who, isBot: 'isBot', ...room, seq: 'seq', type: 'type', timestamp: 'timestamp' },
      },
    ],
    user_typing: [
      { event: 'typing', fields: { roomId: 'roomId', ...who, isBot: 'isBot', isTyping: 'isTyping' } },
      {
        event: 'userTyping',
        fields: { userId: 'userId', isBot: 'isBot', conversationId: 'roomId', isTyping: 'isTyping' },
      },
    ],
    user_status: [{ event: 'userStatus', fields: { ...who, status: 'status', timestamp: 'timestamp' } }],
    room_presence: [{ event: 'roomPresence', fields: { ...room, online: 'online', timestamp: 'timestamp' } }],
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
    thread_read: [
      {
        event: 'threadRead',
        fields: {
          ...room,
          threadRootSeq: 'threadRootSeq',
          seq: 'seq',
          threadsSeq: 'threadsSeq',
          following: 'following',
          timestamp: 'timestamp',
        },
      },
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
    message_pinned: [
      {
        event: 'messagePinned',
        fields: { messageId: 'messageId', ...room, seq: 'seq', ...who, isPinned: 'on' },
      },
    ],
    account_changed: [{ event: 'accountChanged', fields: changedAccount }],
    command_answered: [{ event: 'commandAnswered', fields: commandAnswer }],
    notification: [conversationsNotification],
    notification_updated: [{ ...conversationsNotification, event: 'notificationUpdated' }],
    notification_removed: [{ event: 'notificationRemoved', fields: removedNotification }],
    token_expiring: [{ event: 'tokenExpiring', fields: { expiresAt: 'expiresAt' } }],
    server_draining: [{ event: 'serverDraining', fields: { reconnectWithinMs: 'reconnectWithinMs' } }],
    error: [errorRow],
  },
};

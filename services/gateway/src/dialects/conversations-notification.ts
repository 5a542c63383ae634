import type { ServerEvent } from '@parley/contracts';
import type { ServerRow } from './dialect-table.ts';
import { errorRow } from './error-row.ts';

/** A notification as the contract `conversations` defines it. */
export const conversationsNotification: ServerRow<'notification'> = {
  event: 'notification',
  fields: {
    notification_id: 'id',
    type: 'type',
    title: 'title',
    content: 'content',
    metadata: {
      fields: {
        conversation_id: 'metadata.roomId',
        sender_name: 'metadata.senderName',
        message_preview: 'metadata.messagePreview',
        sender_id: 'metadata.senderId',
        group_name: 'metadata.roomName',
        friend_request_id: 'metadata.friendRequestId',
        count: 'metadata.count',
      },
    },
    is_read: 'isRead',
    created_at: 'createdAt',
    updated_at: 'updatedAt',
    deleted_at: { value: null },
  },
};

/** A change of the account; the contracts have none, so its fields keep their names. */
export const changedAccount = {
  seq: 'seq',
  kind: 'kind',
  roomId: 'roomId',
  messageId: 'messageId',
  settings: 'settings',
  draft: 'draft',
  bookmark: 'bookmark',
} as const;

/** The answer to a command, likewise. */
export const commandAnswer = {
  roomId: 'roomId',
  messageId: 'messageId',
  word: 'word',
  text: 'text',
  problem: 'problem',
} as const;

export const removedNotification = { notification_id: 'id' } as const;

/** The events of the namespace `/notifications`, by canonical event. */
export const notificationsRows: { readonly [E in ServerEvent]?: ServerRow<E> } = {
  notification: conversationsNotification,
  notification_updated: { ...conversationsNotification, event: 'notification_updated' },
  notification_removed: { event: 'notification_removed', fields: removedNotification },
  error: errorRow,
};

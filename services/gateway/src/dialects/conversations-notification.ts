import type { ServerRow } from './dialect-table.ts';

/** A notification as described in `conversations.md`. */
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

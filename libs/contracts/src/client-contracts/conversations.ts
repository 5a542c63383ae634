import type { Message, MessageStatus } from '../schemas/message.ts';
import type { Notification } from '../schemas/notification.ts';
import type { UserName } from '../schemas/user.ts';

/**
 * A message in the `conversations` contract. `status`: the least advanced state of its recipients.
 */
export function toConversationMessage(message: Message, status: MessageStatus) {
  return {
    message_id: message.id,
    conversation_id: message.roomId,
    sender_id: message.userId,
    sender_name: message.username,
    content: message.content,
    status,
    is_edited: message.editedAt !== null,
    seq: message.seq,
    client_id: message.clientId,
    created_at: message.createdAt,
    updated_at: message.deletedAt ?? message.editedAt ?? message.createdAt,
    deleted_at: message.deletedAt,
  };
}

/** A notification in the `conversations` contract. Deleted ones are never shown again. */
export function toConversationNotification({
  id,
  type,
  title,
  content,
  metadata,
  isRead,
  createdAt,
  updatedAt,
}: Notification) {
  const { roomId, roomName, senderId, senderName, messagePreview, friendRequestId, count } = metadata;
  return {
    notification_id: id,
    type,
    title,
    content,
    metadata: {
      ...(roomId !== undefined && { conversation_id: roomId }),
      ...(senderName !== undefined && { sender_name: senderName }),
      ...(messagePreview !== undefined && { message_preview: messagePreview }),
      ...(senderId !== undefined && { sender_id: senderId }),
      ...(roomName !== undefined && { group_name: roomName }),
      ...(friendRequestId !== undefined && { friend_request_id: friendRequestId }),
      ...(count !== undefined && { count }),
    },
    is_read: isRead,
    created_at: createdAt,
    updated_at: updatedAt,
    deleted_at: null,
  };
}

/** A user in the `conversations` contract. */
export function toConversationUser(
  { id, username, name, createdAt, updatedAt }: UserName,
  isOnline: boolean,
) {
  return {
    user_id: id,
    username,
    name,
    status: isOnline ? ('online' as const) : ('offline' as const),
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

import { z } from 'zod';
import { id, seq, time } from '../../schemas/common.ts';
import { messageStatus } from '../../schemas/message.ts';
import { notificationType } from '../../schemas/notification.ts';

// The data of the `conversations` contract.

export const user = z
  .object({
    user_id: id,
    username: z.string(),
    name: z.string(),
    status: z.enum(['online', 'offline']),
    created_at: time,
    updated_at: time,
  })
  .meta({
    id: 'ConversationUser',
    description: 'Only register and login return the e-mail address, to its owner.',
  });

/** A numbered page of users. */
export const userPage = z
  .object({
    data: z.array(user),
    meta: z.object({
      total: z.number().int().meta({ description: 'at most 10,000; further users have no pages' }),
      page: z.number().int(),
      limit: z.number().int(),
      totalPages: z.number().int(),
    }),
  })
  .meta({ id: 'ConversationUserPage' });

export const friendship = z
  .object({
    friendship_id: id,
    user_id: id.meta({ description: 'the sender of the request' }),
    friend_id: id.meta({ description: 'the receiver of the request' }),
    status: z.enum(['pending', 'accepted']),
    created_at: time,
  })
  .meta({ id: 'ConversationFriendship' });

const participant = z
  .object({ conversation_id: id, user_id: id, username: z.string(), name: z.string(), joined_at: time })
  .meta({ id: 'ConversationParticipant' });

export const message = z
  .object({
    message_id: id,
    conversation_id: id,
    sender_id: id,
    sender_name: z.string(),
    content: z.string(),
    status: messageStatus,
    is_edited: z.boolean(),
    seq,
    client_id: z.string().nullable(),
    created_at: time,
    updated_at: time,
    deleted_at: time.nullable(),
  })
  .meta({ id: 'ConversationMessage' });

export const conversation = z
  .object({
    conversation_id: id,
    name: z.string().nullable().meta({ description: 'null for direct conversations' }),
    is_group: z.boolean(),
    created_at: time,
    updated_at: time,
    participants: z.array(participant).meta({
      description:
        'in the order they joined; at most 1,000, and fewer in long lists of conversations; ' +
        '`participant_count` counts all',
    }),
    participant_count: z.number().int(),
    latest_message: message.nullable().meta({ description: 'also null while messages are unavailable' }),
  })
  .meta({ id: 'Conversation' });
export type Conversation = z.output<typeof conversation>;

export const notification = z
  .object({
    notification_id: id,
    type: notificationType,
    title: z.string(),
    content: z.string(),
    metadata: z
      .object({
        conversation_id: id,
        sender_name: z.string(),
        message_preview: z.string(),
        sender_id: id,
        group_name: z.string(),
        friend_request_id: id,
        count: z.number().int(),
      })
      .partial(),
    is_read: z.boolean(),
    created_at: time,
    updated_at: time,
    deleted_at: z.null(),
  })
  .meta({ id: 'ConversationNotification' });

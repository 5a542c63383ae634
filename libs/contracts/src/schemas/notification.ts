import { z } from 'zod';
import { id, time } from './common.ts';
import { isBot } from './user.ts';

export const notificationType = z.enum(['message', 'friend_request', 'group_invite', 'system']);

export const notification = z
  .object({
    id,
    type: notificationType,
    title: z.string(),
    content: z.string(),
    metadata: z.object({
      roomId: id.optional(),
      roomName: z.string().optional(),
      senderId: id.optional(),
      senderName: z.string().optional(),
      senderIsBot: isBot,
      messagePreview: z.string().optional(),
      friendRequestId: id.optional(),
      /** Number of messages in this row. */
      count: z.number().int().optional(),
      /** How many of them mention the user; absent: none. */
      mentions: z.number().int().optional(),
    }),
    quiet: z
      .literal(true)
      .optional()
      .meta({ description: "it is within the user's quiet hours: show it without an alert" }),
    isRead: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Notification' });
export type Notification = z.output<typeof notification>;

import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { mentionFields } from '../schemas/mention.ts';
import { message } from '../schemas/message.ts';
import { isBot } from '../schemas/user.ts';

/** The user of an event. */
export const user = { userId: id, username: z.string() };
export const timestamp = z.string().meta({ description: 'ISO 8601' });

/** The fields of a message as connections receive it. */
export const receivedMessage = {
  id,
  roomId: id,
  seq: z.number().int(),
  ...user,
  isBot,
  content: z.string(),
  clientId: z.string().nullable(),
  replyTo: id.nullable(),
  isEncrypted: z.boolean(),
  threadRootSeq: message.shape.threadRootSeq,
  alsoInRoom: message.shape.alsoInRoom,
  ...mentionFields,
  createdAt: timestamp,
  timestamp,
  /** For direct rooms, from here on. */
  sender_id: id.optional(),
  receiver_id: id.optional(),
  created_at: timestamp.optional(),
  from: id.optional().meta({ description: 'as `sender_id`' }),
  message: z.string().optional().meta({ description: 'as `content`' }),
};

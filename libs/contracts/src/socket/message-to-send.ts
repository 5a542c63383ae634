import { z } from 'zod';
import { because, id } from '../schemas/common.ts';
import { mentionRequest } from '../schemas/mention.ts';
import {
  clientId,
  content,
  isThreadReply,
  needsThreadRoot,
  threadReply,
  writeConditions,
} from '../schemas/message.ts';

const isOneOf = (...values: unknown[]) => values.filter((value) => value !== undefined).length === 1;

/** The payload of `send_message`. */
export const messageToSend = z
  .object({
    roomId: id.optional(),
    receiver_id: id.optional(),
    to: id.optional(),
    is_group: z.boolean().default(false),
    content: content.optional(),
    message: content.optional(),
    clientId: clientId.optional(),
    client_id: clientId.optional(),
    replyTo: id.optional(),
    isEncrypted: z.boolean().default(false),
    mentions: mentionRequest.optional(),
    ...threadReply,
    ...writeConditions,
  })
  .refine(isThreadReply, needsThreadRoot)
  .refine(({ roomId, receiver_id, to }) => isOneOf(roomId, receiver_id, to), {
    ...because('combination', 'give one of roomId, receiver_id and to'),
    path: ['roomId'],
  })
  .refine((said) => isOneOf(said.content, said.message), {
    ...because('combination', 'give either content or message'),
    path: ['content'],
  });

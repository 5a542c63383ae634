import { z } from 'zod';
import { id, optionalText, time } from '../schemas/common.ts';
import { clientId, content, message } from '../schemas/message.ts';
import { operation } from './operation.ts';

const service = 'hooks';
const tag = 'hooks';

const word = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, '1 to 32 of a-z, 0-9, _ and -')
  .meta({ description: 'without the slash', example: 'deploy' });

/** A word that a webhook answers in a room. */
export const hookCommand = z
  .object({ id, hookId: id, roomId: id, word, description: z.string(), createdAt: time })
  .meta({ id: 'HookCommand' });
export type HookCommand = z.output<typeof hookCommand>;

export const createCommand = operation({
  id: 'createCommand',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/:hookId/commands',
  scope: 'hooks:write',
  roomsOf: ({ roomId }) => [roomId],
  summary: 'Let a webhook answer a word in a room; owner and admins of the room',
  description:
    'A message that begins with `/word` is offered to the webhook, which has three seconds to answer ' +
    '`{text, visibleTo}`. For `caller`, the default, only its author receives the text, as the event ' +
    '`command_answered`; for `room`, it is a message of the owner of the webhook.',
  params: z.object({ hookId: id }),
  body: z.object({ roomId: id, word, description: optionalText(200).default('') }),
  status: 201,
  response: hookCommand,
  errors: ['hook_not_found', 'room_not_found', 'not_authorized', 'command_taken', 'limit_reached'],
});

export const listCommands = operation({
  id: 'listCommands',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks/commands/:roomId',
  scope: 'messages:send',
  summary: 'The commands of a room, for its members',
  params: z.object({ roomId: id }),
  status: 200,
  response: z.object({ commands: z.array(hookCommand) }),
  errors: ['room_not_found', 'not_authorized'],
});

export const deleteCommand = operation({
  id: 'deleteCommand',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/hooks/:hookId/commands/:commandId',
  scope: 'hooks:write',
  summary: 'Free a word',
  params: z.object({ hookId: id, commandId: id }),
  status: 204,
  errors: ['hook_not_found', 'command_not_found'],
});

export const runCommand = operation({
  id: 'runCommand',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/commands/run',
  scope: 'messages:send',
  roomsOf: ({ roomId }) => [roomId],
  summary: 'Run a command, `/word …`, without a message',
  description:
    'The webhook of the word has three seconds to answer `{text, visibleTo}`. For `caller`, the ' +
    'default, only this response contains the text; for `room`, it is a message of the owner of the ' +
    'webhook. Repeated with the same `clientId`, the webhook receives the same `webhook-id`, and ' +
    'nothing is written twice.',
  body: z.object({ roomId: id, text: content, clientId: clientId.optional() }),
  status: 200,
  response: z.object({
    visibleTo: z.enum(['caller', 'room']),
    text: z.string().nullable().meta({ description: 'null: no text' }),
    message: message.nullable().meta({ description: 'for `room`' }),
  }),
  errors: ['room_not_found', 'not_authorized', 'command_not_found', 'blocked'],
});

import { z } from 'zod';
import { id } from '../schemas/common.ts';
import { message } from '../schemas/message.ts';
import { operation } from './operation.ts';

const service = 'messages';
const tag = 'messages';
const params = z.object({ roomId: id, messageId: id });

export const listPins = operation({
  id: 'listPins',
  service,
  tag,
  method: 'get',
  path: '/api/v1/rooms/:roomId/pins',
  scope: 'messages:read',
  summary: 'The pinned messages of a room, the latest pin first (at most 100)',
  params: z.object({ roomId: id }),
  status: 200,
  response: z.object({ pins: z.array(message) }),
  errors: ['room_not_found', 'not_authorized'],
});

export const pinMessage = operation({
  id: 'pinMessage',
  service,
  tag,
  method: 'put',
  path: '/api/v1/rooms/:roomId/messages/:messageId/pin',
  scope: 'messages:send',
  summary: 'Pin a message: owner and admins, and both people of a direct room',
  description:
    'A pin is a change of the message, which `sync` and live events carry. Messages that are ' +
    'deleted or expire, or whose author is erased, lose their pin.',
  params,
  status: 200,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'blocked', 'message_not_found', 'limit_reached'],
});

export const unpinMessage = operation({
  id: 'unpinMessage',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/rooms/:roomId/messages/:messageId/pin',
  scope: 'messages:send',
  summary: 'Remove the pin of a message: owner and admins, and both people of a direct room',
  params,
  status: 200,
  response: message,
  errors: ['room_not_found', 'not_authorized', 'blocked', 'message_not_found'],
});

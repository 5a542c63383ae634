import { z } from 'zod';
import { id, seq, shownName, text, time } from '../schemas/common.ts';
import { content } from '../schemas/message.ts';
import { operation } from './operation.ts';

const service = 'hooks';
const tag = 'hooks';

/** A webhook for messages to a room, without its secret token. */
export const incomingHook = z
  .object({
    id,
    roomId: id,
    name: z.string(),
    format: z.enum(['plain', 'slack']),
    createdAt: time,
  })
  .meta({ id: 'IncomingHook' });
export type IncomingHook = z.output<typeof incomingHook>;

export const createIncomingHook = operation({
  id: 'createIncomingHook',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/incoming',
  scope: 'hooks:write',
  roomsOf: ({ roomId }) => [roomId],
  summary: 'Create a webhook by which programs write to a room; owner and admins',
  description:
    'Its messages are those of the caller, under the name `name (username)`. It works while the ' +
    'caller may write to the room. `token` is a secret, shown only in this response.',
  body: z.object({
    roomId: id,
    name: shownName(1, 50),
    format: z
      .enum(['plain', 'slack'])
      .default('plain')
      .meta({ description: '`slack`: texts contain the markup of Slack, such as `<https://…|name>`' }),
  }),
  status: 201,
  response: z.object({
    hook: incomingHook,
    token: z.string(),
    path: z.string().meta({ description: 'the path to post to' }),
  }),
  errors: ['room_not_found', 'not_authorized', 'limit_reached'],
});

export const listIncomingHooks = operation({
  id: 'listIncomingHooks',
  service,
  tag,
  method: 'get',
  path: '/api/v1/hooks/incoming',
  scope: 'hooks:read',
  summary: "The caller's webhooks for messages to rooms, newest first",
  status: 200,
  response: z.object({ hooks: z.array(incomingHook) }),
});

export const deleteIncomingHook = operation({
  id: 'deleteIncomingHook',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/hooks/incoming/:hookId',
  scope: 'hooks:write',
  summary: 'Delete such a webhook; its token is refused from then on',
  params: z.object({ hookId: id }),
  status: 204,
  errors: ['hook_not_found'],
});

const slackAttachment = z.object({
  fallback: z.string().max(10_000).optional(),
  pretext: z.string().max(10_000).optional(),
  title: z.string().max(10_000).optional(),
  text: z.string().max(10_000).optional(),
});

export const incomingMessage = z.object({
  text: content.optional(),
  username: shownName(1, 50).optional().meta({ description: 'instead of the name of the webhook' }),
  iconUrl: text(2_000).optional().meta({ description: 'accepted, and not shown' }),
  threadOf: id.optional().meta({ description: 'a message of the thread that it belongs to' }),
  thread_ts: z.string().max(100).optional().meta({ description: 'Slack: the same, if it is an id' }),
  attachments: z.array(slackAttachment).max(20).optional().meta({ description: 'Slack: their texts' }),
});
export type IncomingMessage = z.output<typeof incomingMessage>;

export const postIncoming = operation({
  id: 'postIncoming',
  service,
  tag,
  method: 'post',
  path: '/api/v1/hooks/in/:token',
  access: 'public',
  summary: 'Write a message to a room by its webhook',
  description:
    'Also accepts the shape of Slack. With the header `Idempotency-Key`, a repeated request writes ' +
    'nothing, and another text under the same key is refused. A webhook may send 60 messages a minute ' +
    'by default (`INCOMING_RATE`).',
  params: z.object({ token: z.string().min(1).max(100) }),
  body: incomingMessage,
  status: 200,
  response: z.object({ id, roomId: id, seq }),
  errors: ['hook_not_found', 'room_not_found', 'not_authorized', 'blocked', 'conflict', 'message_not_found'],
});

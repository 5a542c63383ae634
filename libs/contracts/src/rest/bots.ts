import { z } from 'zod';
import { apiKey, createdApiKey, newApiKey } from '../schemas/api-key.ts';
import { id, shownName, time } from '../schemas/common.ts';
import { scope } from '../schemas/scope.ts';
import { botOwner, username } from '../schemas/user.ts';
import { operation } from './operation.ts';

const service = 'auth';
const tag = 'bots';
const botParams = z.object({ botId: id });

export const bot = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    isBot: z.literal(true),
    organizationId: id.nullable(),
    owner: botOwner,
    createdAt: time,
  })
  .meta({ id: 'Bot' });
export type Bot = z.output<typeof bot>;

const scopes = z.array(scope).min(1).max(scope.options.length).optional().meta({
  description: 'absent: everything but webhooks; `users:write`, `users:act` and `tokens:mint` are refused',
});

export const createBot = operation({
  id: 'createBot',
  service,
  tag,
  method: 'post',
  path: '/api/v1/bots',
  summary: 'Create a bot with its first key',
  description:
    'A bot is a user that is a program: it joins rooms like any other, shows `isBot: true`, has no ' +
    "password, and belongs to its owner's organization. Admins may create bots of the " +
    'organization. A bot is deleted with its owner, unless it is transferred before.',
  body: z.object({
    username: username.optional(),
    name: shownName(1, 100).optional(),
    owner: z.enum(['me', 'organization']).default('me'),
    scopes,
  }),
  status: 201,
  response: createdApiKey.extend({ bot }),
  errors: ['organization_not_found', 'not_authorized', 'username_taken', 'limit_reached'],
});

export const listBots = operation({
  id: 'listBots',
  service,
  tag,
  method: 'get',
  path: '/api/v1/bots',
  summary: "The caller's bots, newest first; for admins also those of the organization",
  status: 200,
  response: z.object({ bots: z.array(bot) }),
});

export const deleteBot = operation({
  id: 'deleteBot',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/bots/:botId',
  summary: 'Delete a bot',
  description: 'As the erasure of a user: its messages stay in their rooms without its name.',
  params: botParams,
  status: 204,
  errors: ['user_not_found'],
});

export const transferBot = operation({
  id: 'transferBot',
  service,
  tag,
  method: 'put',
  path: '/api/v1/bots/:botId/owner',
  summary: 'Transfer a bot to another user of its organization, or to the organization',
  description: 'Without `userId`, the organization becomes the owner; this is for its admins.',
  params: botParams,
  body: z.object({ userId: id.optional() }).default({}),
  status: 200,
  response: bot,
  errors: ['user_not_found', 'organization_not_found', 'not_authorized'],
});

export const createBotKey = operation({
  id: 'createBotKey',
  service,
  tag,
  method: 'post',
  path: '/api/v1/bots/:botId/keys',
  summary: 'Create a further key of a bot',
  description: 'Two keys of the same name may be valid at once, so that one can replace the other.',
  params: botParams,
  body: newApiKey.extend({ name: shownName(1, 100).default('default'), scopes }).prefault({}),
  status: 201,
  response: createdApiKey,
  errors: ['user_not_found', 'limit_reached'],
});

export const listBotKeys = operation({
  id: 'listBotKeys',
  service,
  tag,
  method: 'get',
  path: '/api/v1/bots/:botId/keys',
  summary: 'Keys of a bot, newest first',
  params: botParams,
  status: 200,
  response: z.object({ apiKeys: z.array(apiKey) }),
  errors: ['user_not_found'],
});

export const revokeBotKey = operation({
  id: 'revokeBotKey',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/bots/:botId/keys/:keyId',
  summary: 'Revoke a key of a bot; its tokens and connections end within a second',
  params: botParams.extend({ keyId: id }),
  status: 204,
  errors: ['user_not_found', 'api_key_not_found'],
});

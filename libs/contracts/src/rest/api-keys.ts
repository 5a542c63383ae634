import { z } from 'zod';
import { apiKey, createdApiKey, keyAction, newApiKey } from '../schemas/api-key.ts';
import { because, id, pageLimit, queryFlag, shownName } from '../schemas/common.ts';
import { scope } from '../schemas/scope.ts';
import { username } from '../schemas/user.ts';
import { sessionTokens } from './auth.ts';
import { operation } from './operation.ts';

const service = 'auth';
const tag = 'api keys';
const keyParams = z.object({ keyId: id });

/** The id of a user in the integrator's own system. */
const externalId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must consist of visible ASCII characters');

/** A user by exactly one of its two ids. */
const whichUser = z.object({ userId: id, externalId }).partial();
const isOneUser = (body: { userId?: string | undefined; externalId?: string | undefined }) =>
  (body.userId === undefined) !== (body.externalId === undefined);

export const keyIdentity = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    organizationId: id.nullable(),
    externalId: z.string(),
  })
  .meta({ id: 'ExternalUser' });

export const createApiKey = operation({
  id: 'createApiKey',
  service,
  tag,
  method: 'post',
  path: '/api/v1/api-keys',
  summary: "Create a key of the caller's organization; admins only",
  description:
    'Two keys of the same name may be valid at once: to replace a key, create the second, use it ' +
    'everywhere, and revoke the first. A key with `users:act` or `tokens:mint` can do what every ' +
    'user of the organization can.',
  body: newApiKey,
  status: 201,
  response: createdApiKey,
  errors: ['organization_not_found', 'not_authorized', 'limit_reached'],
});

export const listApiKeys = operation({
  id: 'listApiKeys',
  service,
  tag,
  method: 'get',
  path: '/api/v1/api-keys',
  summary: "Keys of the caller's organization, newest first; admins only",
  description: 'Includes revoked and expired keys, for as long as their actions are kept.',
  query: z.object({ prefix: z.string().max(11).optional() }),
  status: 200,
  response: z.object({ apiKeys: z.array(apiKey) }),
  errors: ['organization_not_found', 'not_authorized'],
});

export const revokeApiKey = operation({
  id: 'revokeApiKey',
  service,
  tag,
  method: 'delete',
  path: '/api/v1/api-keys/:keyId',
  summary: 'Revoke a key; admins only',
  description:
    'Its tokens and connections end within a second. Sessions that it created for users continue, ' +
    'unless `endSessions` is true.',
  params: keyParams,
  query: z.object({ endSessions: queryFlag.default(false) }),
  status: 204,
  errors: ['organization_not_found', 'not_authorized', 'api_key_not_found'],
});

export const listKeyActions = operation({
  id: 'listKeyActions',
  service,
  tag,
  method: 'get',
  path: '/api/v1/api-keys/:keyId/actions',
  summary: 'Actions of a key, latest first; admins only',
  description:
    'An entry precedes its action, so it may be of one that was refused. Reading is not recorded. ' +
    'Entries are kept for `KEY_ACTION_RETENTION` (90 days by default).',
  params: keyParams,
  query: z.object({ limit: pageLimit(100, 200), cursor: id.optional() }),
  status: 200,
  response: z.object({ actions: z.array(keyAction), nextCursor: id.nullable() }),
  errors: ['organization_not_found', 'not_authorized', 'api_key_not_found'],
});

export const exchangeKey = operation({
  id: 'exchangeKey',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/key-token',
  access: 'public',
  continuesSession: true,
  summary: 'Exchange a key for a short-lived access token',
  description:
    'Without a user, the token acts as the key itself, or as its bot. With a user, it acts for ' +
    "that user, within the key's scopes; this requires the scope `users:act`.",
  body: whichUser
    .extend({ key: z.string().min(1).max(200) })
    .refine((body) => body.userId === undefined || body.externalId === undefined, {
      ...because('combination', 'give at most one of userId and externalId'),
      path: ['userId'],
    }),
  status: 200,
  response: z
    .object({
      accessToken: z.string(),
      expiresIn: z.number().int().meta({ description: 'seconds' }),
      keyId: id,
      userId: id.nullable().meta({ description: 'the user or bot that the token acts for' }),
      username: z.string().meta({ description: 'of that user or bot, or else the name of the key' }),
      scopes: z.array(scope),
      roomIds: z.array(id).nullable(),
    })
    .meta({ id: 'KeyToken' }),
  errors: ['invalid_api_key', 'insufficient_scope', 'user_not_found'],
});

export const putExternalUser = operation({
  id: 'putExternalUser',
  service,
  tag,
  method: 'put',
  path: '/api/v1/auth/external-users/:externalId',
  scope: 'users:write',
  asKey: true,
  roomsOf: 'none',
  recordsItself: true,
  summary: 'Create or update a user by the id in your own system; keys only. Idempotent',
  description:
    'The user belongs to the organization of the key. It has no password and no e-mail address, so ' +
    'it logs in by the sessions that you create. Concurrent requests create one user. A username ' +
    'that is taken gets digits; without one, it follows from the name.',
  params: z.object({ externalId }),
  body: z.object({ username: username.optional(), name: shownName(1, 100).optional() }).default({}),
  status: 200,
  response: z.object({ user: keyIdentity, created: z.boolean() }),
  errors: ['not_authorized', 'organization_not_found'],
});

export const createUserSession = operation({
  id: 'createUserSession',
  service,
  tag,
  method: 'post',
  path: '/api/v1/auth/user-sessions',
  scope: 'tokens:mint',
  asKey: true,
  roomsOf: 'none',
  recordsItself: true,
  summary: 'Create a session of a user; keys only',
  description: 'Pass the tokens to the user: they are those of a login, and may do all that the user may.',
  body: whichUser.refine(isOneUser, {
    ...because('combination', 'give exactly one of userId and externalId'),
    path: ['userId'],
  }),
  status: 201,
  response: sessionTokens,
  errors: ['not_authorized', 'user_not_found'],
});

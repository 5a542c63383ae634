import { apiKeysApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import type { Context } from '../usecases/context.ts';
import { createOrganizationKey } from '../usecases/keys/create-key.ts';
import { createUserSession } from '../usecases/keys/create-user-session.ts';
import { exchangeKey } from '../usecases/keys/exchange-key.ts';
import { listKeyActions, listOrganizationKeys } from '../usecases/keys/list-keys.ts';
import { putExternalUser } from '../usecases/keys/put-external-user.ts';
import { revokeOrganizationKey } from '../usecases/keys/revoke-key.ts';
import { apiKeyView, createdKeyView, newKeyOf, tokensView } from './views.ts';

export const apiKeyRoutes = (context: Context): Route[] => [
  route(apiKeysApi.createApiKey, async ({ caller, body }) =>
    createdKeyView(await createOrganizationKey(context, { by: caller.userId, ...newKeyOf(body) })),
  ),
  route(apiKeysApi.listApiKeys, async ({ caller, query }) => ({
    apiKeys: (await listOrganizationKeys(context, { by: caller.userId, ...query })).map(apiKeyView),
  })),
  route(apiKeysApi.revokeApiKey, ({ caller, params, query }) =>
    revokeOrganizationKey(context, { by: caller.userId, ...params, ...query }),
  ),
  route(apiKeysApi.listKeyActions, async ({ caller, params, query }) => {
    const { actions, nextCursor } = await listKeyActions(context, { by: caller.userId, ...params, ...query });
    return { actions: actions.map((each) => ({ ...each, time: each.time.toISOString() })), nextCursor };
  }),
  route(apiKeysApi.exchangeKey, async ({ body, request }) => {
    const token = await exchangeKey(context, { ...body, device: request, requestId: request.id });
    const { accessToken, ttlMs, apiKey, subject } = token;
    const { id: keyId, scopes, roomIds } = apiKey;
    return {
      accessToken,
      expiresIn: Math.floor(ttlMs / 1_000),
      keyId,
      userId: subject?.id ?? null,
      username: subject?.username ?? apiKey.name,
      scopes: [...scopes],
      roomIds: roomIds && [...roomIds],
    };
  }),
  route(apiKeysApi.putExternalUser, async ({ caller, params, body, request }) => {
    const { externalId } = params;
    const { identity, created } = await putExternalUser(context, {
      ...{ caller, externalId, ...body },
      requestId: request.id,
    });
    const { id, username, name, organizationId } = identity;
    return { user: { id, username, name, organizationId, externalId }, created };
  }),
  route(apiKeysApi.createUserSession, async ({ caller, body, request }) =>
    tokensView(await createUserSession(context, { caller, ...body, device: request, requestId: request.id })),
  ),
];

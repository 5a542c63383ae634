import type { ApiKey as ApiKeyView, Bot as BotView, SessionTokens } from '@parley/contracts';
import type { ApiKey } from '../domain/api-key.ts';
import type { Bot } from '../domain/bot.ts';
import type { Identity } from '../domain/identity.ts';
import type { Invite } from '../domain/organization.ts';
import type { Session } from '../domain/session.ts';
import type { CreatedKey, NewKey } from '../usecases/keys/create-key.ts';
import type { Tokens } from '../usecases/open-session.ts';
import type { OrganizationView } from '../usecases/organizations/describe.ts';

export const identityView = (identity: Identity): SessionTokens['user'] => ({
  ...identity,
  createdAt: identity.createdAt.toISOString(),
});

export const tokensView = (tokens: Tokens): SessionTokens => ({
  user: identityView(tokens.identity),
  accessToken: tokens.access.token,
  refreshToken: tokens.refreshToken,
  expiresIn: Math.floor(tokens.access.ttlMs / 1_000),
  token: tokens.clientAccess.token,
  sessionId: tokens.sessionId,
});

export const sessionView = (session: Session, currentId: string) => ({
  ...session,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  current: session.id === currentId,
});

export const organizationView = ({ organization, memberCount, role }: OrganizationView) => ({
  ...organization,
  createdAt: organization.createdAt.toISOString(),
  memberCount,
  role,
});

export const memberView = ({ id, username, name, organizationRole, isBot }: Identity) => ({
  userId: id,
  username,
  name,
  ...(isBot && { isBot }),
  role: organizationRole ?? ('user' as const),
});

export const inviteView = ({ organizationId: _own, ...invite }: Invite) => ({
  ...invite,
  expiresAt: invite.expiresAt.toISOString(),
  createdAt: invite.createdAt.toISOString(),
});

export const apiKeyView = ({ scopes, roomIds, ...key }: ApiKey): ApiKeyView => ({
  ...key,
  scopes: [...scopes],
  roomIds: roomIds && [...roomIds],
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
});

export const createdKeyView = ({ apiKey, key }: CreatedKey) => ({ apiKey: apiKeyView(apiKey), key });

export const newKeyOf = ({
  expiresInSeconds,
  ...key
}: Omit<NewKey, 'expiresInMs'> & { expiresInSeconds?: number | undefined }): NewKey => ({
  ...key,
  expiresInMs: expiresInSeconds === undefined ? undefined : expiresInSeconds * 1_000,
});

export const botView = ({ id, username, name, organizationId, owner, createdAt }: Bot): BotView => ({
  ...{ id, username, name, isBot: true, organizationId, owner },
  createdAt: createdAt.toISOString(),
});

import type { SessionTokens } from '@parley/contracts';
import type { Identity } from '../domain/identity.ts';
import type { Invite } from '../domain/organization.ts';
import type { Session } from '../domain/session.ts';
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

export const memberView = ({ id, username, name, organizationRole }: Identity) => ({
  userId: id,
  username,
  name,
  role: organizationRole ?? ('user' as const),
});

export const inviteView = ({ organizationId: _own, ...invite }: Invite) => ({
  ...invite,
  expiresAt: invite.expiresAt.toISOString(),
  createdAt: invite.createdAt.toISOString(),
});

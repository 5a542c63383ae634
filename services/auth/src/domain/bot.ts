import type { Scope } from '@parley/contracts';

export interface BotOwner {
  kind: 'user' | 'organization';
  id: string;
}

export interface Bot {
  id: string;
  username: string;
  name: string;
  organizationId: string | null;
  owner: BotOwner;
  createdAt: Date;
}

/** Bounds the bots of a user, or of an organization. */
export const maxBotsPerOwner = 50;

/** The default scopes of a bot's key. None of it concerns other users' accounts. */
export const botScopes: readonly Scope[] = [
  ...(['users:read', 'rooms:read', 'rooms:write', 'messages:read', 'messages:send'] as const),
];

/** All scopes that the key of a bot may have. */
export const possibleBotScopes: readonly Scope[] = [...botScopes, 'hooks:read', 'hooks:write'];

export const ownerOf = (stored: { userId: string | null; organizationId: string | null }): BotOwner =>
  stored.userId === null
    ? { kind: 'organization', id: stored.organizationId ?? '' }
    : { kind: 'user', id: stored.userId };

import { z } from 'zod';

/** The permissions that a key may have, each with the operations that it allows. */
const scopeTexts = {
  'users:read': 'read profiles',
  'users:write': 'create and update users by their external ids',
  'users:act': 'act for users: exchange the key for a token of one of them',
  'tokens:mint': 'create sessions of users, which may do all that the user may',
  'rooms:read': 'read rooms and their members',
  'rooms:write': 'create, change, join and leave rooms; manage members, bans and invites',
  'messages:read': 'read messages and receive them live; mark rooms as read',
  'messages:send': 'send, edit and delete messages; react; type',
  'hooks:read': 'read webhooks and their deliveries',
  'hooks:write': 'create, change and delete webhooks',
} as const;

export type Scope = keyof typeof scopeTexts;
export const allScopes = Object.keys(scopeTexts) as Scope[];

export const scope = z.enum(allScopes).meta({
  id: 'Scope',
  description: Object.entries(scopeTexts)
    .map(([name, text]) => `\`${name}\`: ${text}`)
    .join('; '),
});

/** A token names each room of its list in 39 characters, and verifiers read 4,096. */
export const maxGrantedRooms = 40;

/** The limits of a token with scopes, such as that of a key. */
export interface Grant {
  keyId: string;
  scopes: readonly Scope[];
  /** Null: every room that the user may see. */
  roomIds: readonly string[] | null;
  /**
   * Whether the token acts for a user or bot, who is the caller. Otherwise the key acts as itself,
   * and the caller's `userId` is that of the key, which no user has.
   */
  actsForUser: boolean;
}

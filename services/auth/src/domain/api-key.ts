import type { Grant, Scope } from '@parley/contracts';

/** A key of a program. Belongs to an organization or a bot; with neither, to the installation. */
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  organizationId: string | null;
  botId: string | null;
  scopes: readonly Scope[];
  roomIds: readonly string[] | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Replacing a key takes two of one name: both work until everything uses the second. */
export const maxValidPerName = 2;
/** Bounds the list of an owner's keys. */
export const maxValidPerOwner = 100;

export const isValidKey = ({ revokedAt, expiresAt }: ApiKey, now: number): boolean =>
  revokedAt === null && (expiresAt === null || expiresAt.getTime() > now);

/** The end of the session that stands for a key. Sessions need one; a key may do without. */
export const sessionEndOf = ({ expiresAt }: ApiKey): Date => expiresAt ?? new Date('9999-01-01T00:00:00Z');

/** Whether the key may act on a user: its own bot, or a user of its organization. */
export const concerns = (
  { organizationId, botId }: ApiKey,
  user: { id: string; organizationId: string | null },
): boolean =>
  botId === null ? organizationId === null || user.organizationId === organizationId : user.id === botId;

/** The namespace of the external ids that an organization, or the installation, gives its users. */
export const externalProvider = (organizationId: string | null): string => `external:${organizationId ?? ''}`;

export const grantOf = ({ id, scopes, roomIds }: ApiKey, actsForUser: boolean): Grant => ({
  keyId: id,
  scopes,
  roomIds,
  actsForUser,
});

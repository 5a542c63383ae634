import type { ClientContract } from '@parley/contracts';

/** Where a session is used from, as its owner is shown it. */
export interface Device {
  userAgent: string;
  address: string;
}

export interface Session extends Device {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
}

/** How often a refresh token may be presented: until its successor has been, or once. */
export type RefreshTokenReuse = 'until_successor_used' | 'never';

/** Lives of access tokens. */
export interface AccessTtls {
  accessTtlMs: number;
  /** Of the tokens for clients whose contract defines no refresh. */
  simpleAccessTtlMs: number;
}

/**
 * How long an access token lives in the fields that the clients of a contract read. Of the contracts, only `organizations` defines a
 * refresh. Sessions of an earlier release have no contract; their clients have been refreshing all along.
 */
export const clientAccessTtlMs = (contract: ClientContract | null, ttls: AccessTtls): number =>
  contract === null || contract === 'organizations' ? ttls.accessTtlMs : ttls.simpleAccessTtlMs;

/** A token that was being issued when its session ended is signed a moment later, perhaps by a replica whose clock is ahead. */
export const lastSignedMs = 60_000;

/**
 * When verifiers may forget a session that ended: its last access token has expired by then. The session's row knows its long-lived tokens;
 * a short-lived one may come from a replica of an earlier release, which did not record it.
 */
export const rememberedUntil = (
  ended: { revokedAt: Date; accessExpiresAt: Date },
  { accessTtlMs }: Pick<AccessTtls, 'accessTtlMs'>,
): Date =>
  new Date(Math.max(ended.accessExpiresAt.getTime(), ended.revokedAt.getTime() + accessTtlMs) + lastSignedMs);

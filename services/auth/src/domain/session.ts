import type { ClientContract } from '@parley/contracts';

/** Where a session was last used from. Shown to its owner. */
export interface Device {
  userAgent: string;
  address: string;
}

export interface Session extends Device {
  id: string;
  createdAt: Date;
  lastUsedAt: Date;
}

/** Whether a refresh token may be presented until its successor has been, or only once. */
export type RefreshTokenReuse = 'until_successor_used' | 'never';

/** Lifetimes of access tokens. */
export interface AccessTtls {
  accessTtlMs: number;
  /** Tokens of clients whose contract defines no refresh. */
  simpleAccessTtlMs: number;
}

/**
 * Lifetime of the access token in the fields that a contract's clients read. Only `organizations`
 * defines a refresh. Sessions of an earlier release have no contract, but their clients do refresh.
 */
export const clientAccessTtlMs = (contract: ClientContract | null, ttls: AccessTtls): number =>
  contract === null || contract === 'organizations' ? ttls.accessTtlMs : ttls.simpleAccessTtlMs;

/**
 * Allowance for a token that was being issued when its session ended: it may be signed slightly
 * later, by a replica whose clock is ahead.
 */
export const lastSignedMs = 60_000;

/**
 * When verifiers may forget an ended session because its last access token has expired.
 * `accessExpiresAt` covers the long-lived tokens. A replica of an earlier release may have issued a
 * short-lived token without recording it.
 */
export const rememberedUntil = (
  ended: { revokedAt: Date; accessExpiresAt: Date },
  { accessTtlMs }: Pick<AccessTtls, 'accessTtlMs'>,
): Date =>
  new Date(Math.max(ended.accessExpiresAt.getTime(), ended.revokedAt.getTime() + accessTtlMs) + lastSignedMs);

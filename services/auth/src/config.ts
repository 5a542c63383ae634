import { defaultPasswordLength, joinPolicy, minPasswordLength } from '@parley/contracts';
import { commonSettings, databaseSettings, duration, flag, integer, rate } from '@parley/runtime';
import { z } from 'zod';
import { trustedIssuers } from './trusted-issuers.ts';

const minCostInProduction = 10;

export const authConfig = z
  .object({
    ...commonSettings,
    ...databaseSettings,
    PORT: integer(3001, 0, 65_535),
    /**
     * Encrypts the private signing keys in the database: at least 32 characters, the same for all
     * replicas. The README explains how to change it.
     */
    SIGNING_SECRET: z.string().min(32, 'at least 32 characters'),
    /** Lifetime of an access token, and therefore how long a changed role stays in one. */
    ACCESS_TTL: duration('15m'),
    /** Lifetime of an access token for clients whose contract defines no refresh. */
    SIMPLE_ACCESS_TTL: duration('7d'),
    /** Lifetime of a session that is not refreshed. */
    REFRESH_TTL: duration('30d'),
    /**
     * Whether a refresh token works until its successor is used, or only once. See
     * deploy/decisions/0004-refresh-tokens.md.
     */
    REFRESH_TOKEN_REUSE: z.enum(['until_successor_used', 'never']).default('until_successor_used'),
    /** Minimum length of a new password; at least 6. */
    PASSWORD_MIN_LENGTH: integer(defaultPasswordLength, minPasswordLength, 72),
    /**
     * Requires the current password for every change of the password. By default, `PUT
     * /user/update-password` does without, because its client contract has no field for it.
     */
    REQUIRE_CURRENT_PASSWORD: flag(false),
    /** Age at which a signing key is replaced. */
    KEY_ROTATION: duration('30d'),
    /** bcrypt cost, 10 to 15 (from 4 outside production). Each step doubles the time of a login. */
    BCRYPT_COST: integer(12, 4, 15),
    /**
     * Failed logins per account and address, across all replicas. The limits per account alone and
     * per address alone are ten times as high.
     */
    LOGIN_RATE: rate('10/m'),
    /** Registrations per address, across all replicas. */
    REGISTER_RATE: rate('30/h'),
    /** Password changes per user, right or wrong, across all replicas. */
    PASSWORD_RATE: rate('30/h'),
    /** Identity providers whose tokens are accepted as logins: a JSON list. See the README. */
    TRUSTED_ISSUERS: trustedIssuers,
    /** How long what keys did is kept, and keys after their end. */
    KEY_ACTION_RETENTION: duration('90d'),
    /**
     * How users may join a new organization: by its name (`open`), or only with an invite
     * (`invite`).
     */
    ORG_JOIN_POLICY: joinPolicy.default('invite'),
  })
  .refine((config) => config.NODE_ENV !== 'production' || config.BCRYPT_COST >= minCostInProduction, {
    error: `at least ${minCostInProduction} in production`,
    path: ['BCRYPT_COST'],
  });
export type AuthConfig = z.output<typeof authConfig>;

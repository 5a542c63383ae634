import { joinPolicy, minPasswordLength } from '@parley/contracts';
import { commonSettings, databaseSettings, duration, integer, rate } from '@parley/runtime';
import { z } from 'zod';

const lowestCostInProduction = 10;

export const authConfig = z
  .object({
    ...commonSettings,
    ...databaseSettings,
    PORT: integer(3001, 0, 65_535),
    /** Encrypts the private signing keys in the database: at least 32 characters, the same for every replica. See README for changing it. */
    SIGNING_SECRET: z.string().min(32, 'at least 32 characters'),
    /** How long an access token lives, and so how long a role that was changed stays in one. */
    ACCESS_TTL: duration('15m'),
    /** How long an access token lives that is issued to a client whose contract defines no refresh. */
    SIMPLE_ACCESS_TTL: duration('7d'),
    /** How long a session lives without being refreshed. */
    REFRESH_TTL: duration('30d'),
    /** Whether a refresh token works until its successor is used, or only once. See deploy/decisions/0004-refresh-tokens.md. */
    REFRESH_TOKEN_REUSE: z.enum(['until_successor_used', 'never']).default('until_successor_used'),
    /** Minimum length of a new password; 6 at least. */
    PASSWORD_MIN_LENGTH: integer(8, minPasswordLength, 72),
    /** Age at which a signing key is replaced. */
    KEY_ROTATION: duration('30d'),
    /** bcrypt: each step doubles the time of a login. 10 to 15; from 4 outside production. */
    BCRYPT_COST: integer(12, 4, 15),
    /** Failed logins per account and address, whichever replica they reach; ten times as many per account, and per address. */
    LOGIN_RATE: rate('10/m'),
    /** Registrations per address, whichever replica they reach. */
    REGISTER_RATE: rate('30/h'),
    /** Who may join a new organization by naming it: anybody (`open`), or only who is invited (`invite`). */
    ORG_JOIN_POLICY: joinPolicy.default('invite'),
  })
  .refine((config) => config.NODE_ENV !== 'production' || config.BCRYPT_COST >= lowestCostInProduction, {
    error: `at least ${lowestCostInProduction} in production`,
    path: ['BCRYPT_COST'],
  });
export type AuthConfig = z.output<typeof authConfig>;

/** No access token lives longer. */
export const maxAccessTtlMs = (config: Pick<AuthConfig, 'ACCESS_TTL' | 'SIMPLE_ACCESS_TTL'>): number =>
  Math.max(config.ACCESS_TTL, config.SIMPLE_ACCESS_TTL);

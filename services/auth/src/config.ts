import { joinPolicy } from '@parley/contracts';
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
    /** How long a session lives without being refreshed. */
    REFRESH_TTL: duration('30d'),
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

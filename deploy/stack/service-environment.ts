import { randomBytes } from 'node:crypto';
import type { Environment } from '@parley/runtime';

/** What holds unless the environment says otherwise. */
const stackDefaults = { BCRYPT_COST: '10', DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' };

/** What every service of a stack is given beside its own addresses: what we were started with. */
export function serviceEnvironment(env: Environment): Record<string, string> {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
  return {
    ...stackDefaults,
    SIGNING_SECRET: randomBytes(32).toString('base64url'),
    ...given,
    TRUST_PROXY: '1',
  };
}

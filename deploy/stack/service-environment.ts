import { randomBytes } from 'node:crypto';
import type { Environment } from '@parley/runtime';

/** Defaults that the environment overrides. */
const stackDefaults = { BCRYPT_COST: '10', DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' };

/**
 * The environment of every service of a stack, apart from its addresses: the given one over the
 * stack's defaults.
 */
export function serviceEnvironment(env: Environment): Record<string, string> {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
  return {
    ...stackDefaults,
    SIGNING_SECRET: randomBytes(32).toString('base64url'),
    HOOKS_SECRET: randomBytes(32).toString('base64url'),
    ...given,
    TRUST_PROXY: '1',
  };
}

import { randomBytes } from 'node:crypto';
import type { Environment } from '@parley/runtime';

/** What holds unless the environment says otherwise. */
const stackDefaults = { BCRYPT_COST: '10', DRAIN_WINDOW: '2s', SHUTDOWN_TIMEOUT: '5s' };

/** The environment of every service of a stack: what we were started with, and the addresses that only the stack knows. */
export function serviceEnvironment(
  env: Environment,
  servers: { postgres: string; redis: string; rabbitmq: string },
): Record<string, string> {
  const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())));
  return {
    ...stackDefaults,
    SIGNING_SECRET: randomBytes(32).toString('base64url'),
    ...given,
    DATABASE_URL: servers.postgres,
    REDIS_URL: servers.redis,
    AMQP_URL: servers.rabbitmq,
    TRUST_PROXY: '1',
  };
}

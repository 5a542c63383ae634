import { authConfig } from '@parley/auth';
import { directoryConfig } from '@parley/directory';
import { gatewayConfig } from '@parley/gateway';
import { messagesConfig } from '@parley/messages';
import { notificationsConfig } from '@parley/notifications';
import { type Environment, loadConfig } from '@parley/runtime';
import { z } from 'zod';

/** What only this start has. */
export const embeddedSettings = z.object({
  /** Everything that is kept: PostgreSQL's files and the secret that seals the signing keys. Belongs to one running process at a time. */
  DATA_DIR: z.string().default('./data'),
});

/** Every setting of every service (their own defaults hold), and ours. A name that several services have means the same to all. */
const embeddedConfig = authConfig
  .and(directoryConfig)
  .and(messagesConfig)
  .and(notificationsConfig)
  .and(gatewayConfig)
  .and(embeddedSettings);
export type EmbeddedConfig = z.output<typeof embeddedConfig>;

/** Where this start differs from a service's own default. */
export const embeddedDefaults = {
  PORT: '3000',
  LOG_LEVEL: 'warn',
  // Nobody else could take over.
  STOP_GRACE: '0ms',
  DRAIN_WINDOW: '0s',
  SHUTDOWN_TIMEOUT: '3s',
  BCRYPT_COST: '10',
  ORG_JOIN_POLICY: 'open',
  // Somebody tries things out, from one address. MESSAGE_RATE stays: a client contract states it.
  REGISTER_RATE: '1000/h',
  LOGIN_RATE: '60/m',
  API_RATE: '3000/m',
} as const;

/** What is not the environment's to say: there is no broker and no Redis, and the start itself makes database and secret (then known). */
const inProcess = {
  AMQP_URL: 'amqp://in-process',
  REDIS_URL: undefined,
  DATABASE_URL: 'postgres://in-process',
  DATABASE_REPLICA_URL: undefined,
  SIGNING_SECRET: 'in-process'.repeat(8),
};

/** @throws ConfigError naming every wrong variable */
export function loadEmbeddedConfig(env: Environment): EmbeddedConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  return loadConfig(embeddedConfig, { ...embeddedDefaults, ...given, ...inProcess });
}

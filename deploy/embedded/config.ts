import { authConfig } from '@parley/auth';
import { directoryConfig } from '@parley/directory';
import { gatewayConfig } from '@parley/gateway';
import { hooksConfig } from '@parley/hooks';
import { messagesConfig } from '@parley/messages';
import { notificationsConfig } from '@parley/notifications';
import { type Environment, loadConfig } from '@parley/runtime';
import { z } from 'zod';

/** Settings of the embedded start alone. */
export const embeddedSettings = z.object({
  /**
   * Folder for all persistent data: PostgreSQL's files and the secret that encrypts the signing
   * keys. Only one running process may use it.
   */
  DATA_DIR: z.string().default('./data'),
});

/**
 * Every setting of every service, with its own default, plus those above. A shared name means the
 * same everywhere.
 */
const embeddedConfig = authConfig
  .and(directoryConfig)
  .and(messagesConfig)
  .and(notificationsConfig)
  .and(hooksConfig)
  .and(gatewayConfig)
  .and(embeddedSettings);
export type EmbeddedConfig = z.output<typeof embeddedConfig>;

/** Defaults that differ from the services' own. */
export const embeddedDefaults = {
  PORT: '3000',
  LOG_LEVEL: 'warn',
  // No other process could take over the connections.
  STOP_GRACE: '0ms',
  DRAIN_WINDOW: '0s',
  SHUTDOWN_TIMEOUT: '3s',
  BCRYPT_COST: '10',
  // The rooms have one writer.
  TIMELINE_PARTITIONS: '1',
  ORG_JOIN_POLICY: 'open',
  // One person tries things out, from one address. MESSAGE_RATE stays: a client contract states it.
  REGISTER_RATE: '1000/h',
  LOGIN_RATE: '60/m',
  API_RATE: '3000/m',
  ADD_USERS_RATE: '5000/h',
  JOIN_RATE: '1200/h',
  FRIEND_REQUEST_RATE: '300/h',
} as const;

/**
 * Values that the environment cannot set: there is one process, no broker and no Redis, and
 * startEmbedded provides the database and the secrets.
 */
const inProcess = {
  AMQP_URL: 'amqp://in-process',
  REDIS_URL: undefined,
  DATABASE_URL: 'postgres://in-process',
  MESSAGES_DATABASE_URLS: undefined,
  DATABASE_REPLICA_URL: undefined,
  MESSAGES_ROLE: 'both',
  SIGNING_SECRET: 'in-process'.repeat(8),
  HOOKS_SECRET: 'in-process'.repeat(8),
};

/** @throws ConfigError naming every wrong variable */
export function loadEmbeddedConfig(env: Environment): EmbeddedConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  return loadConfig(embeddedConfig, { ...embeddedDefaults, ...given, ...inProcess });
}

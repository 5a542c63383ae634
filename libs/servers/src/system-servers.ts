import { ensureDebianPackages } from './debian-packages.ts';
import { hasSystemPostgres } from './postgres/binaries.ts';
import { findRabbit } from './rabbit/node.ts';
import { findRedis } from './redis.ts';
import type { ServerKind } from './server-process.ts';

const packages: Record<ServerKind, { name: string; present: () => boolean }> = {
  postgres: { name: 'postgresql', present: hasSystemPostgres },
  redis: { name: 'redis-server', present: () => findRedis() !== undefined },
  rabbitmq: { name: 'rabbitmq-server', present: () => findRabbit() !== undefined },
};

const kindsOfServers = Object.keys(packages) as ServerKind[];

/** Debian package names of the servers that are missing on this machine. */
export const missingServers = (kinds: readonly ServerKind[] = kindsOfServers): string[] =>
  kinds.filter((kind) => !packages[kind].present()).map((kind) => packages[kind].name);

/** Installs missing servers with `ensureDebianPackages`. */
export const ensureSystemServers = (kinds?: readonly ServerKind[]): Promise<void> =>
  ensureDebianPackages(missingServers(kinds));

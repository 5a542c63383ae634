import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { StartError } from '@parley/runtime';
import { hasSystemPostgres } from './postgres/binaries.ts';
import { bareEnvironment, findProgram } from './programs.ts';
import { findRabbit } from './rabbit/node.ts';
import { findRedis } from './redis.ts';
import type { ServerKind } from './server-process.ts';

const packages: Record<ServerKind, { name: string; present: () => boolean }> = {
  postgres: { name: 'postgresql', present: hasSystemPostgres },
  redis: { name: 'redis-server', present: () => findRedis() !== undefined },
  rabbitmq: { name: 'rabbitmq-server', present: () => findRabbit() !== undefined },
};

/**
 * Installs by apt what is missing of these programs, as root on Debian and its kin; says so on stderr. Does nothing when all are here.
 * The packages' own services are not started.
 * @throws StartError naming what is missing, where it cannot install
 */
export async function ensureSystemServers(kinds: readonly ServerKind[] = ['postgres', 'redis', 'rabbitmq']): Promise<void> {
  await ensureDebianPackages(kinds.filter((kind) => !packages[kind].present()).map((kind) => packages[kind].name));
}

/**
 * Installs these packages by apt, as root on Debian and its kin, and reports it on stderr. Does not start their services.
 * @throws StartError naming the packages, where it cannot install them
 */
export async function ensureDebianPackages(missing: readonly string[]): Promise<void> {
  if (missing.length === 0) return;
  const command = `apt-get install ${missing.join(' ')}`;
  if (!findProgram('apt-get')) throw new StartError(`Not installed: ${missing.join(', ')} (names of Debian's packages). Install them.`);
  if (process.getuid?.() !== 0) throw new StartError(`Not installed: ${missing.join(', ')}. Run as root: ${command}`);
  console.error(`Installing ${missing.join(', ')} by apt-get …`);
  await withoutServices(async () => {
    await apt(['update']);
    await apt(['install', '-y', '--no-install-recommends', ...missing]);
  });
}

/** Debian asks this script before a package starts its service; 101 means no. One that is there already stays. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

async function apt(args: string[]): Promise<void> {
  const env = { ...bareEnvironment, DEBIAN_FRONTEND: 'noninteractive' };
  // One at a time, also across processes: apt waits for dpkg's lock, but not for the one of its lists.
  const child = spawn('flock', ['/run/lock/parley-apt', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new StartError(`apt-get ${args[0]} failed (${code}):\n${output.trim().split('\n').slice(-20).join('\n')}`);
}

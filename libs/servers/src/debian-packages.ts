import { spawn, spawnSync } from 'node:child_process';
import { StartError } from '@parley/runtime';
import { bareEnvironment, findProgram } from './programs.ts';

/** Whether dpkg says that the package is installed. */
export function hasDebianPackage(name: string): boolean {
  const { stdout } = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return stdout?.includes('Status: install ok installed') ?? false;
}

/**
 * Installs packages with apt, as root on Debian and its derivatives, and reports that on stderr.
 * Does not start their services. Does nothing for an empty list.
 * @throws StartError naming the packages, where it cannot install them
 */
export async function ensureDebianPackages(missing: readonly string[]): Promise<void> {
  if (missing.length === 0) return;
  const names = missing.join(', ');
  if (!findProgram('apt-get'))
    throw new StartError(`Not installed: ${names} (names of Debian's packages). Install them.`);
  if (process.getuid?.() !== 0)
    throw new StartError(`Not installed: ${names}. Run as root: apt-get install ${missing.join(' ')}`);
  console.error(`Installing ${names} by apt-get; this is done once and takes a minute or a few …`);
  const startedAt = performance.now();
  await install(missing);
  console.error(`Installed in ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
}

/** Debian asks `policy-rc.d` before it starts a service; 101 means no. An existing file stays. */
const script = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get -q update
apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
`;

/**
 * Runs one process at a time: apt does not wait for the lock of its lists, and there is only one
 * `policy-rc.d`.
 */
async function install(packages: readonly string[]): Promise<void> {
  const env = { ...bareEnvironment, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn('flock', ['/run/lock/parley-apt', 'sh', '-c', script, 'sh', ...packages], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new StartError(`apt-get failed (${code}):\n${output.trim().split('\n').slice(-20).join('\n')}`);
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import { type OsUser, wrapLaunch } from '../launch.ts';
import { bareEnvironment } from '../programs.ts';
import type { PostgresBinaries } from './binaries.ts';

/** Name of the superuser and of the clients' database. */
export const databaseName = 'parley';

/** The PostgreSQL version that wrote a cluster; undefined if there is no cluster. */
export function clusterMajor(cluster: string): number | undefined {
  const file = join(cluster, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

interface NewCluster {
  cluster: string;
  passwordFile: string;
  binaries: PostgresBinaries;
  user: OsUser | undefined;
  fast: boolean;
}

/** Creates the cluster if there is none: UTF-8, ordered by code point, with a required password. */
export async function initCluster(options: NewCluster): Promise<void> {
  const { binaries } = options;
  const locale =
    binaries.major >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8'];
  await makeCluster(options, 'initdb', randomBytes(24).toString('base64url'), (folder) => [
    ...[
      '--pgdata',
      folder,
      '--username',
      databaseName,
      '--pwfile',
      options.passwordFile,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
    ],
    ...locale,
    ...(options.fast ? ['--no-sync'] : []),
  ]);
}

/**
 * Creates a standby if there is no cluster: a copy of a running server that follows it. @param
 * primary URL of that server's superuser
 */
export async function copyCluster(options: NewCluster, primary: string): Promise<void> {
  if (!existsSync(join(options.binaries.folder, 'pg_basebackup')))
    throw new StartError(
      'A standby needs pg_basebackup, which PostgreSQL from npm lacks: apt-get install postgresql (Debian)',
    );
  await makeCluster(options, 'pg_basebackup', decodeURIComponent(new URL(primary).password), (folder) => [
    ...[
      '--pgdata',
      folder,
      '--dbname',
      primary,
      '--wal-method=stream',
      '--write-recovery-conf',
      '--checkpoint=fast',
    ],
    ...(options.fast ? ['--no-sync'] : []),
  ]);
}

/**
 * Creates it under another name and renames it, so that an interrupted cluster is not mistaken for
 * a complete one.
 */
async function makeCluster(
  options: NewCluster,
  program: string,
  password: string,
  args: (folder: string) => string[],
): Promise<void> {
  const { cluster, passwordFile, binaries, user } = options;
  if (existsSync(cluster)) return;
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [unfinished, passwordFile]) chownSync(path, user.uid, user.gid);
  const env = { ...bareEnvironment, ...binaries.env };
  await run({ program: join(binaries.folder, program), args: args(unfinished), env, user });
  renameSync(unfinished, cluster);
}

async function run(launch: {
  program: string;
  args: string[];
  env: Record<string, string>;
  user: OsUser | undefined;
}): Promise<void> {
  const { program, args, options } = wrapLaunch({ ...launch, cwd: '/', deathSignal: 'KILL' });
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new StartError(`${launch.program} failed (${code}):\n${output.trim()}`);
}

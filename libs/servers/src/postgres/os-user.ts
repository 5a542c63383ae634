import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import { hasSetpriv, type OsUser, wrapLaunch } from '../launch.ts';

/**
 * Chooses the user for PostgreSQL, which refuses to run as root: `postgres`, otherwise `nobody`.
 * The user must be able to reach the binaries and the data.
 * @returns undefined when the current user is not root
 * @throws StartError
 */
export function chooseOsUser(folders: { binaries: string; data: string }): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (!user)
    throw new StartError(
      'PostgreSQL does not run as root, and this machine has no user `postgres` or `nobody` to run it as.' +
        ' Start as an ordinary user.',
    );
  const candidates = [user, ...(hasSetpriv() ? [{ ...user, passClosedFolders: true }] : [])];
  const fitting = candidates.find((candidate) => reaches(candidate, folders));
  if (fitting) return fitting;
  throw new StartError(
    `PostgreSQL does not run as root, and the user \`${user.name}\` cannot reach ${folders.data} or` +
      ` ${folders.binaries}. Start as an ordinary user, or move the project to a folder that all users may` +
      ' enter (not below /root), or install util-linux.',
  );
}

function lookUp(name: string): OsUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

/**
 * Tries access instead of deriving it from modes: access lists, mounts and security modules matter
 * too.
 */
function reaches(user: OsUser, folders: { binaries: string; data: string }): boolean {
  const script = 'test -r "$1" && test -x "$1" && cd "$2"';
  const { program, args, options } = wrapLaunch({
    program: '/bin/sh',
    args: ['-c', script, 'sh', join(folders.binaries, 'postgres'), folders.data],
    user,
    cwd: '/',
  });
  return spawnSync(program, args, { ...options, stdio: 'ignore' }).status === 0;
}

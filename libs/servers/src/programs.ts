import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const usualFolders = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/bin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/bin',
];

export const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The full path of a program in the PATH or the usual folders. */
export function findProgram(name: string): string | undefined {
  const { stdout } = spawnSync('sh', ['-c', 'command -v -- "$1"', 'sh', name], { encoding: 'utf8' });
  const found = stdout?.trim();
  return found?.startsWith('/') ? found : usualFolders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The environment of servers: nothing of ours, so that no user setting affects them. */
export const bareEnvironment = { PATH: ['/bin', '/sbin', ...usualFolders].join(':'), LANG: 'C.UTF-8' };

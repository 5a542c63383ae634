import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

/**
 * An npm package cannot hold symbolic links, so the one with PostgreSQL's binaries lists those its libraries need, and makes them in an install script, which
 * npm may have been told not to run. This makes them: in the package or, where that is read-only, in `fallback`, which the returned environment then names.
 */
export function linkLibraries(packageFolder: string, fallback: string): Record<string, string> {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return {};
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const missing = links
    .map(({ source, target }) => ({
      source: join(packageFolder, source),
      target: join(packageFolder, target),
    }))
    .filter(({ target }) => !existsSync(target));
  try {
    for (const { source, target } of missing) link(relative(dirname(target), source), target);
    return {};
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EROFS' && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
  mkdirSync(fallback, { recursive: true });
  chmodSync(fallback, 0o755);
  for (const { source, target } of missing) link(source, join(fallback, basename(target)));
  // What a library loaded by such a link needs in turn is looked for beside the link: the package's own folder has to be named too.
  return {
    [platform() === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']:
      `${fallback}:${join(packageFolder, 'native', 'lib')}`,
  };
}

/** Another process may be doing the same just now. */
function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

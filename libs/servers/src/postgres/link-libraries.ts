import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

/**
 * Creates the symbolic links that PostgreSQL's libraries need. An npm package cannot contain links;
 * the one with the binaries creates them in an install script, which npm may be configured not to
 * run. Creates them in the package or, if that is read-only, in `fallback`; the returned
 * environment then points there.
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
  // A library loaded through such a link looks for its own libraries beside the link, so the
  // package's folder must be named too.
  return {
    [platform() === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']:
      `${fallback}:${join(packageFolder, 'native', 'lib')}`,
  };
}

/** Tolerates another process that does the same. */
function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

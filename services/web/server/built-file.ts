import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StartError } from '@parley/runtime';

/**
 * The path of a file that the build has written to `dist/`, found from a source file, from `dist/`,
 * or from a test's bundle.
 * @param path from the project's folder
 * @throws StartError if it has not been built
 */
export function builtFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new StartError(`${path} has not been built.`);
  }
}

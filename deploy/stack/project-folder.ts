import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder, found from a source file, from `dist/`, or from a test's bundle. */
export function projectFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  if (existsSync(join(from, 'package-lock.json'))) return from;
  if (from === dirname(from)) throw new Error('no parent folder contains package-lock.json');
  return projectFolder(dirname(from));
}

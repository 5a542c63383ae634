import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole project, wherever in it this code runs from: the source, `dist/`, or a bundle of a test. */
export function projectFolder(from = dirname(fileURLToPath(import.meta.url))): string {
  if (existsSync(join(from, 'package-lock.json'))) return from;
  if (from === dirname(from)) throw new Error('package-lock.json is in no folder above');
  return projectFolder(dirname(from));
}

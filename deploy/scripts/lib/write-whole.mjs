import { renameSync, writeFileSync } from 'node:fs';

/** Writes, then renames: another start may be reading or writing the same file. */
export function writeWhole(path, contents) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}

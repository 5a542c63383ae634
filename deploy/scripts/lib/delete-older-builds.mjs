import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from './write-whole.mjs';

/**
 * Deletes the files that neither this build nor the one before it has written. Those of the one
 * before stay, because an open page may still load them.
 * @param {string} folder contains nothing but files of builds; their names are kept next to it
 * @param {readonly string[]} names the files of this build
 */
export function deleteOlderBuilds(folder, names) {
  const record = `${folder}.json`;
  // Without a record, whatever is there may be of the build before.
  const before = read(record) ?? readdirSync(folder);
  // Otherwise building the same twice would forget the build before.
  if (names.every((name) => before.includes(name)) && names.length === before.length) return;
  const kept = new Set([...before, ...names]);
  for (const name of readdirSync(folder)) {
    // Another process may be writing the file.
    const isUnfinished = /\.\d+$/.test(name);
    if (!kept.has(name) && !isUnfinished) rmSync(join(folder, name), { force: true });
  }
  writeWhole(record, JSON.stringify(names));
}

function read(record) {
  try {
    return JSON.parse(readFileSync(record, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

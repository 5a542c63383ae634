import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';
import { writeWhole } from './write-whole.mjs';

// A receipt records the sources of a bundle and when each was last changed. The test kit reads it,
// too.

/** Every bundle may change with the libraries. */
const libraries = 'node_modules/.package-lock.json';

const receiptOf = (entry) => {
  const id = createHash('sha256').update(join(root, entry)).digest('hex').slice(0, 12);
  return join(root, 'dist/receipts', `${id}.json`);
};

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether there is a bundle of this entry, made from the present sources. */
export function isCurrent(entry) {
  try {
    const { bundle, sources } = JSON.parse(readFileSync(receiptOf(entry), 'utf8'));
    return (
      existsSync(bundle) && Object.entries(sources).every(([source, time]) => changedAt(source) === time)
    );
  } catch {
    return false;
  }
}

export function writeReceipt(entry, bundle, paths, startedAt) {
  const sources = Object.fromEntries(
    [...paths, libraries].map((path) => [join(root, path), changedAt(join(root, path))]),
  );
  // A file that somebody edits meanwhile may not be in the bundle as it is now.
  if (Object.values(sources).some((time) => time >= startedAt)) return;
  const receipt = receiptOf(entry);
  mkdirSync(dirname(receipt), { recursive: true });
  writeWhole(receipt, JSON.stringify({ bundle, sources }));
}

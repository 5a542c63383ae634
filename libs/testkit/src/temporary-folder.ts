import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
let hooked = false;
/** Retries, because processes killed a moment ago may still be writing. */
const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 };

/**
 * A new empty folder that all users may enter. It is removed after the test file, or when this
 * process ends.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'parley-test-'));
  chmodSync(folder, 0o755);
  if (!hooked) process.once('exit', removeAtExit);
  hooked = true;
  folders.add(folder);
  return folder;
}

/** A worker calls this after each test file: when it is told to end, it is soon killed. */
export async function removeTemporaryFolders(): Promise<void> {
  const removed = [...folders];
  folders.clear();
  await Promise.all(removed.map((folder) => rm(folder, removal)));
}

function removeAtExit(): void {
  for (const folder of folders) rmSync(folder, removal);
}

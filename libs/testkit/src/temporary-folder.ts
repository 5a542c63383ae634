import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A new empty folder that all users may enter; removed when this process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'parley-test-'));
  chmodSync(folder, 0o755);
  if (folders.length === 0) process.once('exit', removeAll);
  folders.push(folder);
  return folder;
}

/** Retries, because processes killed a moment ago may still be writing. */
function removeAll(): void {
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

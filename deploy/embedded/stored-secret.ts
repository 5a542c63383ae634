import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A secret that encrypts what the database contains: `signing` auth's signing keys, `hooks` the
 * secrets of webhooks. Created once beside the data, readable by its owner only. The caller must
 * hold the lock of the data folder.
 */
export function storedSecret(dataDir: string, name: 'signing' | 'hooks'): string {
  const path = join(dataDir, `${name}.secret`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32).toString('base64url');
  writeFileSync(`${path}.new`, `${secret}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return secret;
}

import { spawnSync } from 'node:child_process';
import { ensureDebianPackages } from '@parley/servers';
import { test } from 'vitest';

/** Debian's own interpreter: the only one that sees Debian's packages. */
export const python = '/usr/bin/python3';
/** With what long polling and the upgrade need. */
const packages = ['python3-socketio', 'python3-requests', 'python3-websocket'];

const canImport = () => spawnSync(python, ['-c', 'import socketio, requests, websocket']).status === 0;

let missing: Promise<string | undefined> | undefined;

/** Installs the packages by apt as root on Debian. Elsewhere, says what is missing. */
async function whatIsMissing(): Promise<string | undefined> {
  if (canImport()) return undefined;
  try {
    await ensureDebianPackages(packages);
  } catch (error) {
    return `no python3-socketio: ${(error as Error).message}`;
  }
  return canImport() ? undefined : `no python3-socketio: ${python} cannot import it`;
}

/** A test that needs python-socketio. Where it cannot be installed, the test names it and is skipped. */
export function withPython(title: string, run: () => Promise<void>): void {
  test(title, async ({ skip }) => {
    missing ??= whatIsMissing();
    const reason = await missing;
    if (reason) skip(reason);
    await run();
  }, 180_000);
}

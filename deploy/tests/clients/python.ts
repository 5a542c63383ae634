import { spawnSync } from 'node:child_process';
import { ensureDebianPackages } from '@parley/servers';
import { test } from 'vitest';

/** Debian's own interpreter, the only one with access to Debian's packages. */
export const python = '/usr/bin/python3';
/** The packages for long polling and the upgrade. */
const packages = ['python3-socketio', 'python3-requests', 'python3-websocket'];

const canImport = () => spawnSync(python, ['-c', 'import socketio, requests, websocket']).status === 0;

let missing: Promise<string | undefined> | undefined;

/** Installs the packages with apt, as root on Debian. Elsewhere names what is missing. */
async function whatIsMissing(): Promise<string | undefined> {
  if (canImport()) return undefined;
  try {
    await ensureDebianPackages(packages);
  } catch (error) {
    return `no python3-socketio: ${(error as Error).message}`;
  }
  return canImport() ? undefined : `no python3-socketio: ${python} cannot import it`;
}

/** A test that needs python-socketio. It is skipped with a note where that cannot be installed. */
export function withPython(title: string, run: () => Promise<void>): void {
  test(title, async ({ skip }) => {
    missing ??= whatIsMissing();
    const reason = await missing;
    if (reason) skip(reason);
    await run();
  }, 180_000);
}

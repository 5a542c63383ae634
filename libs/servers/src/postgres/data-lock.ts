import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import { findProcess, isRunning } from '../process-table.ts';

export interface DataLock {
  release(): void;
}

/**
 * Locks a data folder for a server of this process, until released or dead. The lock is the file
 * `parley.lock` with the owner's process id and start time. A lock whose owner has gone is ignored.
 * @throws StartError naming the owner
 */
export function lockData(folder: string): DataLock {
  const path = join(folder, 'parley.lock');
  const token = crypto.randomUUID();
  const own = `${path}.${token}`;
  const content = JSON.stringify({
    pid: process.pid,
    startedAt: findProcess(process.pid)?.startedAt ?? '',
    token,
  });
  // Linking a finished file makes the lock appear atomically, and only once.
  writeFileSync(own, content, { mode: 0o644 });
  try {
    while (!tryLink(own, path)) {
      const found = read(path);
      if (found === undefined) continue;
      const owner = parseOwner(found);
      if (owner && isRunning(owner))
        throw new StartError(`The data folder ${folder} is in use by process ${owner.pid}.`);
      moveAside(path, `${path}.old.${token}`, found);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return {
    release() {
      if (read(path) === content) rmSync(path, { force: true });
    },
  };
}

/** Removes a stale lock. If another process has just replaced it by its own, puts that one back. */
function moveAside(path: string, aside: string, stale: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== stale) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): { pid: number; startedAt: string } | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text) as { pid?: unknown; startedAt?: unknown };
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

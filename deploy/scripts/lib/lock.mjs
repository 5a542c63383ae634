import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const retryEveryMs = 200;

/**
 * Runs `work` while holding the lock file `path`, which contains its owner's process id. Waits for
 * a living owner, and removes the lock of a dead one.
 * @template T
 * @param {string} path
 * @param {() => T} work
 * @returns {T}
 */
export function withLock(path, work) {
  acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path) {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  // Linking a complete file makes the lock appear with its content.
  writeFileSync(own, String(process.pid));
  let announced = false;
  while (!tryLink(own, path)) {
    const owner = read(path);
    if (owner === undefined) continue;
    if (!isAlive(Number(owner))) {
      removeStale(path, `${own}.stale`, owner);
      continue;
    }
    if (!announced)
      console.error(`Waiting for process ${owner}, which is installing packages (its lock is ${path}) …`);
    announced = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryEveryMs);
  }
  rmSync(own);
}

/** Puts the lock back if another process has replaced the stale one meanwhile. */
function removeStale(path, aside, stale) {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== stale) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

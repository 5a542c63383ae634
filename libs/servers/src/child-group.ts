import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { atMost, pause } from '@parley/runtime/async';

import { type Launch, wrapLaunch } from './launch.ts';
import { isRunning, killTrees, type ProcessInfo, processTree, sendSignal } from './process-table.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Its last lines of output, for error messages. */
  lastLines: string;
}

/** A program in its own process group, so that it can be ended together with all its children. */
export interface ChildGroup {
  readonly pid: number;
  readonly running: boolean;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  lastLines(): string;
  processes(): ProcessInfo[];
  signalAll(signal: NodeJS.Signals): void;
  /**
   * Sends each stop signal in turn, waiting its time, then kills whatever is left of the program
   * and its descendants. Resolves when nothing is left.
   */
  end(steps?: readonly StopStep[]): Promise<void>;
}

export interface StopStep {
  signal: NodeJS.Signals;
  waitMs: number;
}

const keptLines = 40;
/** Process ids of the groups that have not been ended. */
const living = new Set<number>();
let hooked = false;

/** Kills every program of this process that has not been ended. */
export function killAllGroups(): void {
  killTrees([...living]);
  living.clear();
}

/** `process.exit()` leaves no time for a graceful stop, so it kills whatever is left. */
function killOnExit(): void {
  if (hooked) return;
  hooked = true;
  // Runs first, before other hooks remove the folders in use.
  process.prependListener('exit', killAllGroups);
}

export async function startGroup(launch: Launch): Promise<ChildGroup> {
  killOnExit();
  const { program, args, options } = wrapLaunch(launch);
  const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  if (pid > 0) living.add(pid);
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      lines.splice(0, lines.length - keptLines);
      launch.onLine?.(line);
    });
  }
  const lastLines = () => lines.join('\n');
  let running = true;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      const done = () => resolve({ code, signal, lastLines: lastLines() });
      // `close` follows the last line, but never comes while a surviving grandchild holds the pipes
      // open.
      child.once('close', done);
      setTimeout(done, 100);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });

  return {
    pid,
    exited,
    lastLines,
    get running() {
      return running;
    },
    processes: () => processTree(pid),
    signalAll(signal) {
      for (const found of processTree(pid)) sendSignal(found.pid, signal);
    },
    async end(steps = []) {
      const known = processTree(pid);
      if (steps.length > 0) for (const found of known) sendSignal(found.pid, 'SIGCONT');
      for (const { signal, waitMs } of steps) {
        if (!running) break;
        sendSignal(pid, signal);
        await atMost(waitMs, exited);
      }
      await killAll(known, pid);
      await exited;
      living.delete(pid);
    },
  };
}

/**
 * Kills those processes that still run, a process group, and all their descendants. Waits until
 * they have gone.
 * @param group the process group, which may have lost its first process
 */
export async function killAll(processes: readonly ProcessInfo[], group: number): Promise<void> {
  const killed = killTrees([group, ...processes.filter(isRunning).map(({ pid }) => pid)]);
  while (killed.some(isRunning)) await pause(5);
}

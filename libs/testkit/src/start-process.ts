import { fileURLToPath } from 'node:url';
import {
  bareEnvironment,
  type Exit,
  isRunning,
  killAll,
  type ProcessInfo,
  sendSignal,
  startGroup,
} from '@parley/servers';
import { bundleEntry } from './bundle-entry.ts';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface StartProcessOptions {
  /** The file to run, as a path or `file:` URL. TypeScript is bundled first. */
  entry: string | URL;
  args?: readonly string[];
  /** The process's environment besides PATH and LANG. It inherits nothing from the test. */
  env?: Record<string, string>;
  /** The folder that it runs in. @default the test's own */
  cwd?: string;
}

export interface TestProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** All output so far, of both streams. */
  output(): string;
  /**
   * The first past or future line that matches. Rejects if the process ends without one.
   * @param timeoutMs @default 60_000
   */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Signals this process alone, not its children. */
  kill(signal: NodeJS.Signals): void;
  /**
   * Waits until it and everything that it started have ended. Otherwise kills what is left, and
   * rejects naming it.
   * @param timeoutMs for the process, and again for its children @default 30_000
   */
  ended(timeoutMs?: number): Promise<Exit>;
  /** SIGTERM, then `ended()`. */
  stop(timeoutMs?: number): Promise<Exit>;
}

/** Interval at which `ended()` scans for new children. */
const checkEveryMs = 250;

/**
 * Runs a Node program in its own process. If the test process ends first, the program and its
 * children are killed. Its temporary files are in a folder that is removed after the test file.
 */
export async function startProcess(options: StartProcessOptions): Promise<TestProcess> {
  const path =
    options.entry instanceof URL || options.entry.startsWith('file:')
      ? fileURLToPath(options.entry)
      : options.entry;
  const lines: string[] = [];
  const group = await startGroup({
    program: process.execPath,
    args: ['--enable-source-maps', await bundleEntry(path), ...(options.args ?? [])],
    env: { ...bareEnvironment, TMPDIR: temporaryFolder(), ...options.env },
    ...(options.cwd && { cwd: options.cwd }),
    deathSignal: 'KILL',
    onLine: (line) => lines.push(line),
  });
  const output = () => lines.join('\n');
  let over = false;
  void group.exited.then(() => {
    over = true;
  });
  // Collected while the process lives, because its children cannot be found afterwards.
  const tree = new Map<number, ProcessInfo>();
  const checkState = () => {
    for (const found of group.processes()) tree.set(found.pid, found);
  };
  const others = () => [...tree.values()].filter((found) => found.pid !== group.pid && isRunning(found));

  const ended = async (timeoutMs = 30_000) => {
    try {
      const noticed = eventually(
        () => {
          checkState();
          expectNone(group.running, `process ${group.pid} has not ended`);
        },
        { timeoutMs, intervalMs: Math.min(checkEveryMs, timeoutMs / 4) },
      );
      await Promise.race([group.exited, noticed]);
      await eventually(() => expectNone(others().length > 0, `children were left: ${names(others())}`), {
        timeoutMs,
      });
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}\n${output()}`);
    } finally {
      await killAll([...tree.values()], group.pid);
      await group.end();
    }
    return group.exited;
  };

  return {
    pid: group.pid,
    exited: group.exited,
    output,
    waitForLine: async (pattern, timeoutMs = 60_000) => {
      const found = await eventually(
        () => {
          for (const line of lines) {
            const match = pattern.exec(line);
            if (match) return match;
          }
          if (over) return undefined;
          throw new Error(`${path} has not printed ${pattern}:\n${output()}`);
        },
        { timeoutMs },
      );
      if (!found) throw new Error(`${path} has ended, and has not printed ${pattern}:\n${output()}`);
      return found;
    },
    kill(signal) {
      checkState();
      sendSignal(group.pid, signal);
    },
    ended,
    stop(timeoutMs) {
      checkState();
      sendSignal(group.pid, 'SIGTERM');
      return ended(timeoutMs);
    },
  };
}

function expectNone(problem: boolean, message: string): void {
  if (problem) throw new Error(message);
}

const names = (processes: readonly ProcessInfo[]) => processes.map(({ pid }) => pid).join(', ');

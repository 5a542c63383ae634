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

export interface StartProcessOptions {
  /** The file to run: a path or a `file:` URL. TypeScript is bundled first. */
  entry: string | URL;
  args?: readonly string[];
  /** The environment of the process, besides PATH and LANG: nothing of the test's own is handed on. */
  env?: Record<string, string>;
  /** The folder that it runs in. @default the test's own */
  cwd?: string;
}

export interface TestProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** All that it has printed so far, on both streams. */
  output(): string;
  /** The first line, printed already or to come, that matches. Rejects once it has ended without. @param timeoutMs default 60_000 */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** To this process alone, not to its children. */
  kill(signal: NodeJS.Signals): void;
  /**
   * Waits until it has ended and nothing that it started is left. Otherwise kills what is left, and rejects naming it.
   * @param timeoutMs for the end, and then for the children; default 30_000
   */
  ended(timeoutMs?: number): Promise<Exit>;
  /** SIGTERM, then `ended()`. */
  stop(timeoutMs?: number): Promise<Exit>;
}

/** Runs a Node program as a process of its own, which is killed with its children if the test process ends first. */
export async function startProcess(options: StartProcessOptions): Promise<TestProcess> {
  const path =
    options.entry instanceof URL || options.entry.startsWith('file:')
      ? fileURLToPath(options.entry)
      : options.entry;
  const lines: string[] = [];
  const group = await startGroup({
    program: process.execPath,
    args: ['--enable-source-maps', await bundleEntry(path), ...(options.args ?? [])],
    env: { ...bareEnvironment, ...options.env },
    ...(options.cwd && { cwd: options.cwd }),
    deathSignal: 'KILL',
    onLine: (line) => lines.push(line),
  });
  const output = () => lines.join('\n');
  let over = false;
  void group.exited.then(() => {
    over = true;
  });
  // Gathered while the process lives: once it has gone, its children are no longer known as such.
  const family = new Map<number, ProcessInfo>();
  const checkState = () => {
    for (const found of group.processes()) family.set(found.pid, found);
  };
  const others = () => [...family.values()].filter((found) => found.pid !== group.pid && isRunning(found));

  const ended = async (timeoutMs?: number) => {
    const limit = timeoutMs === undefined ? {} : { timeoutMs };
    checkState();
    try {
      await eventually(() => expectNone(group.running, `process ${group.pid} has not ended`), limit);
      await eventually(
        () => expectNone(others().length > 0, `children were left: ${names(others())}`),
        limit,
      );
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}\n${output()}`);
    } finally {
      await killAll([...family.values()]);
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

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * A process of this machine. `startedAt`, in a unit of the system, distinguishes it from a later
 * one with the same id.
 */
export interface ProcessInfo {
  pid: number;
  parent: number;
  group: number;
  startedAt: string;
}

function parseStat(pid: number): ProcessInfo | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name before the last `)` may contain anything. Then come state, parent, group and, in 20th
  // place, the start time.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ended = fields[0] === 'Z' || fields[0] === 'X';
  return ended
    ? undefined
    : { pid, parent: Number(fields[1]), group: Number(fields[2]), startedAt: fields[19] ?? '' };
}

function parsePs(selection: string[]): ProcessInfo[] {
  const { stdout } = spawnSync('ps', [...selection, '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
  });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...startedAt] = line.trim().split(/\s+/);
    if (!pid || state?.startsWith('Z')) return [];
    return [
      { pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: startedAt.join(' ') },
    ];
  });
}

const hasProc = existsSync('/proc/self/stat');

/** The living process with that id; undefined if there is none or only a zombie. */
export function findProcess(pid: number): ProcessInfo | undefined {
  return hasProc ? parseStat(pid) : parsePs(['-p', String(pid)])[0];
}

export function isRunning(process: Pick<ProcessInfo, 'pid' | 'startedAt'>): boolean {
  return findProcess(process.pid)?.startedAt === process.startedAt;
}

const listProcesses = (): ProcessInfo[] =>
  hasProc
    ? readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (parseStat(Number(name)) ?? []) : []))
    : parsePs(['-A']);

let snapshot: ProcessInfo[] | undefined;

/** Read once for all who ask at the same time: a busy machine has hundreds. */
function allProcesses(): ProcessInfo[] {
  if (snapshot) return snapshot;
  const all = listProcesses();
  snapshot = all;
  queueMicrotask(() => {
    snapshot = undefined;
  });
  return all;
}

/**
 * The living processes of a tree: the process first, then its group and all descendants of both.
 */
export const processTree = (pid: number): ProcessInfo[] => treeIn(allProcesses(), pid);

/**
 * The ids of a living process and its descendants. Unlike `processTree`, it does not find what a
 * dead process has left, but it reads the descendants alone instead of every process of the
 * machine, where the system lists the children of a process.
 */
export function descendantPids(pid: number): number[] {
  if (!findProcess(pid)) return [];
  if (!hasChildren) return processTree(pid).map((process) => process.pid);
  return [pid, ...childrenOf(pid).flatMap(descendantPids)];
}

const hasChildren = hasProc && existsSync(`/proc/self/task/${process.pid}/children`);

/** Each thread lists the processes that it has started. */
function childrenOf(pid: number): number[] {
  // A process or a thread may have ended in the meantime.
  const ids = (read: () => string[]) => {
    try {
      return read().filter(Boolean);
    } catch {
      return [];
    }
  };
  const threads = ids(() => readdirSync(`/proc/${pid}/task`));
  return threads
    .flatMap((thread) => ids(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ')))
    .map(Number);
}

/**
 * Kills these trees at once. Stops every process before it kills any, so that none can start
 * another one, and none becomes an orphan that is no longer found. Returns what it has killed; that
 * ends soon.
 */
export function killTrees(pids: readonly number[]): ProcessInfo[] {
  const found = new Map<number, ProcessInfo>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    const all = listProcesses();
    for (const member of pids.flatMap((pid) => treeIn(all, pid))) {
      if (found.has(member.pid)) continue;
      found.set(member.pid, member);
      sendSignal(member.pid, 'SIGSTOP');
    }
  }
  for (const { pid } of found.values()) sendSignal(pid, 'SIGKILL');
  return [...found.values()];
}

function treeIn(all: readonly ProcessInfo[], pid: number): ProcessInfo[] {
  const tree = new Set(all.filter((process) => process.pid === pid || process.group === pid));
  for (let before = -1; before !== tree.size; ) {
    before = tree.size;
    const pids = new Set([...tree].map((process) => process.pid));
    for (const process of all) if (pids.has(process.parent)) tree.add(process);
  }
  return [...tree].sort((a, b) => Number(b.pid === pid) - Number(a.pid === pid));
}

/**
 * Whether one of these processes listens on the TCP port. Assumes so where the system does not say:
 * without /proc, or in a container whose root may not inspect other users' processes.
 */
export function listensOn(processes: readonly ProcessInfo[], port: number): boolean {
  if (!hasProc) return true;
  const sockets = listeningSockets(port);
  try {
    return processes.some(({ pid }) =>
      readdirSync(`/proc/${pid}/fd`).some((file) => sockets.has(linkTarget(`/proc/${pid}/fd/${file}`))),
    );
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** Socket names as in `/proc/<pid>/fd`. */
function listeningSockets(port: number): Set<string> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const inodes = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [inode] : [];
  });
  return new Set(inodes.map((inode) => `socket:[${inode}]`));
}

/** Empty if the file has been closed in the meantime. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The command line of a process, separated by blanks; empty if unreadable. */
export function commandLine(pid: number): string {
  if (!hasProc)
    return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout ?? '';
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process of this machine. `startedAt` tells it from a later one with the same id; its unit is the system's own. */
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
  // The name before the last `)` may hold anything; after it come state, parent, group and, as the 20th, the start time.
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

/** The living process of that id; undefined when there is none or it only waits to be reaped. */
export function findProcess(pid: number): ProcessInfo | undefined {
  return hasProc ? parseStat(pid) : parsePs(['-p', String(pid)])[0];
}

export function isRunning(process: Pick<ProcessInfo, 'pid' | 'startedAt'>): boolean {
  return findProcess(process.pid)?.startedAt === process.startedAt;
}

/** The process (first), everything in the group it leads, and the descendants of them all; without those that have ended. */
export function processTree(pid: number): ProcessInfo[] {
  const all = hasProc
    ? readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (parseStat(Number(name)) ?? []) : []))
    : parsePs(['-A']);
  const tree = new Set(all.filter((process) => process.pid === pid || process.group === pid));
  for (let before = -1; before !== tree.size; ) {
    before = tree.size;
    const pids = new Set([...tree].map((process) => process.pid));
    for (const process of all) if (pids.has(process.parent)) tree.add(process);
  }
  return [...tree].sort((a, b) => Number(b.pid === pid) - Number(a.pid === pid));
}

/**
 * Whether one of these processes listens on that TCP port. Where the system does not tell (no /proc, or a container whose root may
 * not look at other users' processes), it is assumed.
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

/** Named as in `/proc/<pid>/fd`. */
function listeningSockets(port: number): Set<string> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const inodes = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [inode] : [];
  });
  return new Set(inodes.map((inode) => `socket:[${inode}]`));
}

/** Empty when the file has been closed meanwhile. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The command line of a process, blank-separated; empty when it cannot be read. */
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

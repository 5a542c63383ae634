import { readdirSync, readFileSync } from 'node:fs';

/** Process ids by part of a target. */
export type Parts = Readonly<Record<string, readonly number[]>>;

/** Linux reports CPU time to programs in hundredths of a second, whatever its internal clock. */
const microsPerTick = 10_000;

interface Stat {
  parent: number;
  cpuMicros: number;
}

/**
 * CPU time used so far by each part, in microseconds: by its processes and all their descendants,
 * including ended children. A process belongs to its nearest ancestor that a part names.
 */
export function cpuByPart(parts: Parts): Record<string, number> {
  const stats = readAll();
  const partOf = new Map(
    Object.entries(parts).flatMap(([part, pids]) => pids.map((pid) => [pid, part] as const)),
  );
  const used: Record<string, number> = Object.fromEntries(Object.keys(parts).map((part) => [part, 0]));
  for (const [pid, { cpuMicros }] of stats) {
    const part = ownerOf(pid, stats, partOf);
    if (part !== undefined) used[part] = (used[part] ?? 0) + cpuMicros;
  }
  return used;
}

function ownerOf(
  pid: number,
  stats: ReadonlyMap<number, Stat>,
  partOf: ReadonlyMap<number, string>,
): string | undefined {
  for (let at: number | undefined = pid; at !== undefined; at = stats.get(at)?.parent) {
    const part = partOf.get(at);
    if (part !== undefined) return part;
  }
  return undefined;
}

function readAll(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const text = Number.isInteger(pid) ? read(`/proc/${name}/stat`) : undefined;
    if (!text) continue;
    // After the name in brackets: state, parent, …; fields 12 to 15 are the user and system time of
    // the process and of its waited-for children.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    stats.set(pid, { parent: Number(fields[1]), cpuMicros: ticks * microsPerTick });
  }
  return stats;
}

/** Memory of these processes, in bytes. Shared memory counts proportionally (PSS). */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + pssOf(pid), 0);
}

function pssOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  if (kilobytes === undefined) throw new Error(`cannot read the memory of process ${pid}`);
  return Number(kilobytes) * 1_024;
}

/** Undefined when the process has gone. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

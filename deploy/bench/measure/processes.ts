import { readdirSync, readFileSync } from 'node:fs';

/** Processes by part of a target. */
export type Parts = Readonly<Record<string, readonly number[]>>;

/** Linux counts in hundredths of a second towards programs, whatever its own clock. */
const microsPerTick = 10_000;

interface Stat {
  parent: number;
  cpuMicros: number;
}

/**
 * CPU time used so far by each part, in microseconds: of its processes, of all that they started, and of those of these that have ended. A
 * process belongs to the nearest ancestor that a part names.
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
    // After the name in brackets: state, parent, …, and as 12th to 15th its own time and that of children waited for, user and system.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    stats.set(pid, { parent: Number(fields[1]), cpuMicros: ticks * microsPerTick });
  }
  return stats;
}

/** Memory of these processes, in bytes; what they share with others counts in part (PSS). */
export function memoryOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + pssOf(pid), 0);
}

function pssOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
  if (kilobytes === undefined) throw new Error(`the memory of process ${pid} cannot be read`);
  return Number(kilobytes) * 1_024;
}

/** Undefined: it has gone. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

import { readFileSync } from 'node:fs';

/**
 * Starts a stopwatch, read in milliseconds. It excludes the time in which this process was ready
 * but waited for a processor, so promises about time can be tested on a busy machine. On systems
 * other than Linux it counts all time.
 */
export function startStopwatch(): () => number {
  const startedAt = performance.now();
  const before = schedule();
  return () => performance.now() - startedAt - (schedule().waitedMs - before.waitedMs);
}

/**
 * For work shared by several processes: the factor by which a busy machine slows everything down.
 * It is the time since then in which this process ran or waited for a processor, divided by the
 * time it ran. 1 on systems that do not report it.
 */
export function startSlowdown(): () => number {
  const before = schedule();
  return () => {
    const { ranMs, waitedMs } = schedule();
    return ranMs > before.ranMs ? 1 + (waitedMs - before.waitedMs) / (ranMs - before.ranMs) : 1;
  };
}

/** Total time in which the main thread has been running, and waiting for a processor. */
function schedule(): { ranMs: number; waitedMs: number } {
  try {
    const [ranNs = 0, waitedNs = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    return { ranMs: ranNs / 1_000_000, waitedMs: waitedNs / 1_000_000 };
  } catch {
    return { ranMs: 0, waitedMs: 0 };
  }
}

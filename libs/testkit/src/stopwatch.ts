import { readFileSync } from 'node:fs';

/**
 * Starts a stopwatch. Reading it answers the milliseconds since then, without those in which this process was ready to run and waited
 * for a processor: a promise about time is then measured on a busy machine, too. Where the system does not tell (it is not Linux), all count.
 */
export function startStopwatch(): () => number {
  const startedAt = performance.now();
  const before = schedule();
  return () => performance.now() - startedAt - (schedule().waitedMs - before.waitedMs);
}

/**
 * For what several processes do together. Answers how many times longer everything takes than on a machine that is not busy: what this
 * process has lived since then, running or waiting for a processor, in relation to what it has run. 1 where the system does not tell.
 */
export function startSlowdown(): () => number {
  const before = schedule();
  return () => {
    const { ranMs, waitedMs } = schedule();
    return ranMs > before.ranMs ? 1 + (waitedMs - before.waitedMs) / (ranMs - before.ranMs) : 1;
  };
}

/** How long the main thread has been on a processor, and how long it has waited for one, all in all. */
function schedule(): { ranMs: number; waitedMs: number } {
  try {
    const [ranNs = 0, waitedNs = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    return { ranMs: ranNs / 1_000_000, waitedMs: waitedNs / 1_000_000 };
  } catch {
    return { ranMs: 0, waitedMs: 0 };
  }
}

import { readFileSync } from 'node:fs';

/**
 * Starts a stopwatch. Reading it answers the milliseconds since then, without those in which this process was ready to run and waited
 * for a processor: a promise about time is then measured on a busy machine, too. Where the system does not tell (it is not Linux), all count.
 */
export function startStopwatch(): () => number {
  const startedAt = performance.now();
  const waitedBefore = waitedMs();
  return () => performance.now() - startedAt - (waitedMs() - waitedBefore);
}

/** How long the main thread has waited for a processor, all in all. */
function waitedMs(): number {
  try {
    // Nanoseconds on a processor, nanoseconds of waiting for one, number of turns.
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1_000_000;
  } catch {
    return 0;
  }
}

import { pause } from '@parley/runtime/async';
import { startStopwatch } from './stopwatch.ts';

export interface EventuallyOptions {
  /**
   * Limit of the time in which this process could run, so a busy machine waits longer. @default
   * 30_000
   */
  timeoutMs?: number;
  /**
   * Pause between attempts. @default a tenth of the time so far, between 20 and 250: each attempt
   * takes processor time from what it waits for
   */
  intervalMs?: number;
}

/**
 * Retries until `attempt` does not throw, and returns its result. After the time, throws the last
 * error with the elapsed time.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { timeoutMs = 30_000 } = options;
  const sinceMs = startStopwatch();
  for (;;) {
    let failure: unknown;
    try {
      return await within(attempt, timeoutMs - sinceMs());
    } catch (error) {
      failure = error;
    }
    const elapsedMs = Math.round(sinceMs());
    const { intervalMs = Math.min(Math.max(elapsedMs / 10, 20), 250) } = options;
    if (elapsedMs + intervalMs >= timeoutMs) throw explain(failure, elapsedMs);
    await pause(intervalMs);
  }
}

/** Keeps a hanging attempt from outlasting the whole time. */
async function within<T>(attempt: () => T | Promise<T>, ms: number): Promise<T> {
  const timer = new AbortController();
  const late = pause(Math.max(ms, 0), { signal: timer.signal }).then(() => {
    throw new Error('the attempt did not end');
  });
  try {
    return await Promise.race([attempt(), late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

function explain(failure: unknown, elapsedMs: number): unknown {
  const note = `(still so after ${elapsedMs} ms)`;
  if (!(failure instanceof Error)) return new Error(`${String(failure)} ${note}`);
  failure.message = `${failure.message} ${note}`;
  return failure;
}

import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits at most `ms` for the work, which then continues in the background with its outcome ignored.
 * Rejects if the work rejects in time.
 */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the work has, or after that time, whichever comes first: what is under way then goes on unheard. Rejects as the work does, if in time. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = delay(ms, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

// Waiting, retrying and bounded concurrency. Imports nothing, because the SDK contains it.

export interface PauseOptions {
  /** Ends the pause at once when it aborts, or if it already has. */
  signal?: AbortSignal | undefined;
  /** Whether the pause keeps a Node process alive. @default true */
  ref?: boolean;
}

/**
 * Resolves after `ms` milliseconds or when `signal` aborts. Never rejects; check `signal.aborted`
 * afterwards.
 */
export function pause(ms: number, { signal, ref = true }: PauseOptions = {}): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    // Browsers' timers are numbers.
    if (!ref) timer.unref?.();
    signal?.addEventListener('abort', end);
  });
}

export interface BackoffLimits {
  firstMs: number;
  maxMs: number;
}

/**
 * The pause before a retry in milliseconds: `firstMs`, doubled with every earlier retry, at most
 * `maxMs`. Callers add jitter where many of them fail at the same time.
 * @param retries number of retries before this one, from 0
 */
export const backoff = (retries: number, { firstMs, maxMs }: BackoffLimits): number =>
  Math.min(firstMs * 2 ** retries, maxMs);

/**
 * Runs `work` for each item in order, at most `limit` at a time. Rejects with the first failure and
 * then starts no further items; those that have started continue, with their outcome ignored.
 */
export async function forEachLimit<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const left = [...items].entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of left) {
      if (failed) return;
      try {
        await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
}

/** Splits a list into parts of `size` items, in order. The last part may be shorter. */
export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/**
 * Waits at most `ms` milliseconds for the work, which then continues in the background with its
 * outcome ignored. Rejects if the work rejects in time.
 */
export function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    work.then(
      () => end(resolve),
      (error: unknown) => end(() => reject(error)),
    );
  });
}

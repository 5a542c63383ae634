/**
 * Wraps work that anyone may cause: it runs once at a time, and callers meanwhile share its result.
 * @param keptMs how long a result is also given to later callers; errors are not kept
 */
export function shareResult<T>(work: () => Promise<T>, keptMs: (result: T) => number): () => Promise<T> {
  let running: Promise<T> | undefined;
  let kept: { result: T; until: number } | undefined;
  const run = async () => {
    try {
      const result = await work();
      kept = { result, until: performance.now() + keptMs(result) };
      return result;
    } finally {
      running = undefined;
    }
  };
  return () => {
    if (kept && performance.now() < kept.until) return Promise.resolve(kept.result);
    running ??= run();
    return running;
  };
}

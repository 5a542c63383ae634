import type { Lifetime } from './lifetime.ts';

/**
 * Runs `work` once, a little after the last of several calls.
 * @param lifetime ends it
 */
export function debounce(work: () => void, ms: number, lifetime: Lifetime): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  lifetime.onEnd(() => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    if (!lifetime.isOver) timer = setTimeout(work, ms);
  };
}

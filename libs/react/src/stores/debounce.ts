import type { Lifetime } from './lifetime.ts';

/**
 * Runs `work` once, a little after the last of several calls: changes of one moment lead to one
 * request.
 * @param lifetime ends it
 */
export function debounce(work: () => void, lifetime: Lifetime, ms = 300): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  lifetime.onEnd(() => clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    if (!lifetime.isOver) timer = setTimeout(work, ms);
  };
}

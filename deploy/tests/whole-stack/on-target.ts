import { afterAll, beforeAll } from 'vitest';
import type { Target } from './target.ts';

/** Starts or borrows the target before the tests of a file, or of a group of them, and stops it after them. */
export function onTarget(start: () => Promise<Target>): () => Target {
  let target: Target | undefined;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target?.stop());
  return () => {
    if (!target) throw new Error('the target has not started');
    return target;
  };
}

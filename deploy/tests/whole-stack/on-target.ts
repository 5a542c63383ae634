import { afterAll, beforeAll } from 'vitest';
import type { Target } from './target.ts';

/** Starts or borrows the target before the tests of a file or group, and stops it afterwards. */
export function onTarget<T extends Target>(start: () => Promise<T>): () => T {
  let target: T | undefined;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target?.stop());
  return () => {
    if (!target) throw new Error('the target has not started');
    return target;
  };
}

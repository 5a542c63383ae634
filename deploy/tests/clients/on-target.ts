import { afterAll, beforeAll } from 'vitest';
import type { Target } from '../whole-stack/target.ts';

/** Starts the target before the tests of a file, and stops it after them. */
export function onTarget(start: () => Promise<Target>): () => Target {
  let target: Target | undefined;
  beforeAll(async () => {
    target = await start();
  }, 120_000);
  afterAll(() => target?.stop());
  return () => {
    if (!target) throw new Error('the target has not started');
    return target;
  };
}

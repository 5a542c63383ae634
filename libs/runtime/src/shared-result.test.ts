import { expect, test } from 'vitest';
import { shareResult } from './shared-result.ts';

test('callers share one run at a time, and its result for as long as it is kept', async () => {
  let runs = 0;
  const work = shareResult(
    async () => {
      await Promise.resolve();
      runs += 1;
      return runs;
    },
    (result) => (result === 1 ? 60_000 : 0),
  );
  expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
  expect(await work()).toBe(1);
  expect(runs).toBe(1);
});

test('errors, and results that are not kept, run again', async () => {
  let runs = 0;
  const work = shareResult(
    async () => {
      runs += 1;
      if (runs === 1) throw new Error('away');
      return runs;
    },
    () => 0,
  );
  await expect(work()).rejects.toThrow('away');
  expect([await work(), await work()]).toEqual([2, 3]);
});

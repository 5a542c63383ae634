import { startProcess } from '@parley/testkit';
import { expect, test } from 'vitest';

const entry = new URL('../faults/main.ts', import.meta.url);

test('under twenty seconds of random kills, freezes and stops no client of any kind loses, repeats, swaps or makes up a message (seed 7)', async () => {
  const faults = await startProcess({
    entry,
    args: ['--seconds', '20', '--seed', '7', '--rate', '80', '--people', '2'],
    env: process.env as Record<string, string>,
  });
  await faults.waitForLine(/is wrong|made up/, 240_000);
  const { code } = await faults.ended();
  expect(faults.output(), faults.output()).toContain('Nothing was lost, repeated, swapped or made up.');
  expect(code).toBe(0);
}, 260_000);

import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startSlowdown, startStopwatch } from './stopwatch.ts';

test('a stopwatch counts the time in which this process runs or waits for others', async () => {
  const elapsedMs = startStopwatch();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(elapsedMs()).toBeGreaterThan(0);
});

// Other systems do not report it.
if (existsSync('/proc/self/schedstat')) {
  test('a stopwatch excludes the time for which a busy machine delayed this process', async () => {
    // More busy threads than processors, so that each gets only part of the time.
    const busy = Array.from({ length: cpus().length * 3 }, () => new Worker('for (;;);', { eval: true }));
    const startedAt = performance.now();
    const elapsedMs = startStopwatch();
    const slowdown = startSlowdown();
    let rounds = 0;
    while (performance.now() - startedAt < 1_000) rounds += 1;
    const counted = elapsedMs();
    expect(slowdown()).toBeGreaterThan(1.1);
    await Promise.all(busy.map((worker) => worker.terminate()));
    expect(rounds).toBeGreaterThan(0);
    expect(counted).toBeLessThan(performance.now() - startedAt);
    expect(counted).toBeLessThan(900);
  });
}

import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { startProcess } from '../start-process.ts';

test('no worker outlives the main process: each may end itself, and a busy one is killed', async () => {
  const main = await startProcess({
    entry: new URL('../fixtures/main-with-workers.ts', import.meta.url),
  });
  await eventually(() => expect(main.output()).toMatch(/worker\nworker/));
  // Rejects if a child is left.
  expect(await main.stop(20_000)).toMatchObject({ code: 7 });
  expect(main.output()).toContain('tidied up');
});

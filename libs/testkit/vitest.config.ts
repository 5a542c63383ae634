import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFilesFirst } from './src/runner/long-files-first.ts';
import { PlainSummary } from './src/runner/plain-summary.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const common = {
  exclude: ['**/node_modules/**', '**/dist/**', '**/data/**'],
  setupFiles: fromHere('./src/runner/worker-setup.ts'),
  pool: 'forks' as const,
  // Limits for hanging tests, generous enough for a busy machine. They do not measure promises.
  testTimeout: 240_000,
  hookTimeout: 240_000,
  teardownTimeout: 30_000,
};
const root = fromHere('../..');

/**
 * The tests of the whole repository. All files share the servers and the lender from
 * `global-setup.ts`.
 */
export default defineConfig({
  root,
  test: {
    globalSetup: fromHere('./src/runner/global-setup.ts'),
    reporters: ['default', new PlainSummary()],
    // One more than a small machine has processors, because tests often wait for a timer.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      // These files start, kill and freeze processes, so each has its own process.
      { root, test: { ...common, name: 'systems', include: ['deploy/**/*.test.ts'] } },
      // These files run one after another in shared processes, which import common code only once.
      { root, test: { ...common, name: 'parts', include: ['{libs,services}/**/*.test.ts'], isolate: false } },
    ],
  },
});

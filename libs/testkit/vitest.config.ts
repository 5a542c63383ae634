import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFilesFirst } from './src/runner/long-files-first.ts';
import { PlainSummary } from './src/runner/plain-summary.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The tests of the whole repository. Each file has a process of its own; all share the servers that `global-setup.ts` finds. */
export default defineConfig({
  root: fromHere('../..'),
  test: {
    include: ['{libs,services,deploy}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/data/**'],
    globalSetup: fromHere('./src/runner/global-setup.ts'),
    setupFiles: fromHere('./src/runner/worker-setup.ts'),
    reporters: ['default', new PlainSummary()],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongFilesFirst },
    // These end what hangs; no promise is measured by them. A machine that is busy with something else may need long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
  },
});

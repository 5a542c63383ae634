import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFilesFirst } from './src/runner/long-files-first.ts';
import { PlainSummary } from './src/runner/plain-summary.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const root = fromHere('../..');

/**
 * The tests of the whole repository. All files share the servers and the lender from
 * `global-setup.ts`.
 */
export default defineConfig({
  root,
  test: {
    include: ['{libs,services,deploy}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/data/**'],
    globalSetup: fromHere('./src/runner/global-setup.ts'),
    setupFiles: fromHere('./src/runner/worker-setup.ts'),
    reporters: ['default', new PlainSummary()],
    // Files run one after another in shared processes, which import common code only once.
    pool: 'forks',
    isolate: false,
    // Long files run two at a time (`global-setup.ts`). The next ones already wait for their turn.
    maxWorkers: 5,
    sequence: { sequencer: LongFilesFirst },
    // Limits for hanging tests, generous enough for a busy machine. They do not measure promises.
    testTimeout: 480_000,
    hookTimeout: 480_000,
    teardownTimeout: 30_000,
  },
});

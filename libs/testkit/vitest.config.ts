import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongFilesFirst } from './src/runner/long-files-first.ts';
import { PlainSummary } from './src/runner/plain-summary.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const common = {
  exclude: ['**/node_modules/**', '**/dist/**', '**/data/**'],
  setupFiles: fromHere('./src/runner/worker-setup.ts'),
  pool: 'forks' as const,
  // These end what hangs; no promise is measured by them. A machine that is busy with something else may need long.
  testTimeout: 240_000,
  hookTimeout: 240_000,
  teardownTimeout: 30_000,
};
const root = fromHere('../..');

/** The tests of the whole repository. All files share the servers and the lender that `global-setup.ts` starts. */
export default defineConfig({
  root,
  test: {
    globalSetup: fromHere('./src/runner/global-setup.ts'),
    reporters: ['default', new PlainSummary()],
    // One more than a small machine has processors: whole systems often wait.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      // A file here starts, kills and freezes processes: it has a process of its own.
      { root, test: { ...common, name: 'systems', include: ['deploy/**/*.test.ts'] } },
      // Files here run one after another in the same processes, which import what they share only once.
      { root, test: { ...common, name: 'parts', include: ['{libs,services}/**/*.test.ts'], isolate: false } },
    ],
  },
});

import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runTests } from './lib/run-tool.mjs';

// `npm test [-- arguments for Vitest]`: every test of the repository. Builds the programs first,
// because some tests start them.
ensureInstalled();
await build();
process.exitCode = (await runTests(process.argv.slice(2))) ? 0 : 1;

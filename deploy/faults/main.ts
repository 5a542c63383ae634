import { StartError } from '@parley/runtime';
import { parseOptions } from './options.ts';
import { runFaults } from './run-faults.ts';

// What is started is a child of this process and ends with it, however that ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  const wholesome = await runFaults(parseOptions(process.argv.slice(2)), process.env, (line) =>
    console.log(line),
  );
  console.log(
    wholesome ? '\nNothing was lost, repeated, swapped or made up.' : '\nSomething is wrong; see above.',
  );
  process.exit(wholesome ? 0 : 1);
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(2);
}

import { redactError, StartError } from '@parley/runtime';
import { parseOptions } from './options.ts';
import { runFaults } from './run-faults.ts';

// All processes of the stack are children of this one, and end with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  const wholesome = await runFaults(parseOptions(process.argv.slice(2)), process.env, (line) =>
    console.log(line),
  );
  console.log(
    wholesome
      ? '\nNothing was lost, duplicated, reordered or invented.'
      : '\nThe run found problems; see above.',
  );
  process.exit(wholesome ? 0 : 1);
} catch (error) {
  console.error(error instanceof StartError ? error.message : redactError(error));
  process.exit(2);
}

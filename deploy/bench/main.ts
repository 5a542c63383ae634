import { runMain } from '@parley/runtime';
import { type Bench, startBench } from './start-bench.ts';

let bench: Bench | undefined;
await runMain(async () => {
  const started = startBench({ args: process.argv.slice(2), say: (line) => console.error(line) });
  bench = started;
  return { stop: () => started.stop(), stopWithinMs: 60_000 };
});
const outcome = await bench?.finished;
console.log(outcome?.report);
if (!outcome?.correct) process.exitCode = 1;

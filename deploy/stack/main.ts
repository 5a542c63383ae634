import { runMain } from '@parley/runtime';
import { parseLayout } from './options.ts';
import { startStack } from './start-stack.ts';

await runMain(async () => {
  const stack = await startStack({
    layout: parseLayout(process.argv.slice(2), process.env),
    env: process.env,
    say: (line) => console.error(line),
  });
  console.log(JSON.stringify(stack.state()));
  return { stop: () => stack.stop(), stopWithinMs: 40_000 };
});

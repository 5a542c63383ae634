import { runMain } from '@parley/runtime';
import { parseLayout } from './options.ts';
import { startStack } from './start-stack.ts';

await runMain(
  async () => {
    const stack = await startStack({ layout: parseLayout(process.argv.slice(2)), env: process.env, say: (line) => console.error(line) });
    console.log(JSON.stringify(stack.state()));
    return stack;
  },
  { deadlineMs: 40_000 },
);

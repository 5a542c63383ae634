import { runMain } from '@parley/runtime';
import { greeting } from './greeting.ts';
import { parseLayout } from './options.ts';
import { startStack } from './start-stack.ts';

await runMain(
  async () => {
    const layout = parseLayout(process.argv.slice(2), process.env);
    const stack = await startStack({ layout, env: process.env, say: (line) => console.error(line) });
    console.log(layout.json ? JSON.stringify(stack.state()) : greeting(stack.state()));
    return { stop: () => stack.stop(), stopWithinMs: 40_000 };
  },
  { exitsWhileStarting: true },
);

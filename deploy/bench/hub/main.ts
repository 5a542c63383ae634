import { runMain } from '@parley/runtime';
import { startHub } from './start-hub.ts';

// One bare hub. Its only argument, a Redis address, joins it to the others there.
await runMain(async () => {
  const hub = await startHub({ redisUrl: process.argv[2] });
  console.log(JSON.stringify({ url: hub.url }));
  return hub;
});

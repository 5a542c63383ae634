import { runMain } from '@parley/runtime';
import { startHub } from './start-hub.ts';

// One bare hub. Its optional argument is a Redis URL that joins it to other hubs.
await runMain(async () => {
  const hub = await startHub({ redisUrl: process.argv[2] });
  console.log(JSON.stringify({ url: hub.url }));
  return hub;
});

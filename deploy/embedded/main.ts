import { runMain } from '@parley/runtime';
import { loadEmbeddedConfig } from './config.ts';
import { greeting } from './greeting.ts';
import { startEmbedded } from './start-embedded.ts';

await runMain(async () => {
  const config = loadEmbeddedConfig(process.env);
  const embedded = await startEmbedded(config);
  console.log(greeting(embedded.url, config));
  return embedded;
});

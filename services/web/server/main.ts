import { asksToMigrate, loadConfig, runMain, StartError } from '@parley/runtime';
import { runSite } from '@parley/service';
import { createService, webConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) throw new StartError('The web client has no tables to migrate.');
  return runSite(loadConfig(webConfig, process.env), createService());
});

import { asksToMigrate, loadConfig, runMain, StartError } from '@parley/runtime';
import { runService } from '@parley/service';
import { createService, gatewayConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) throw new StartError('The gateway has no tables to migrate.');
  const config = loadConfig(gatewayConfig, process.env);
  return runService('gateway', config, (infrastructure) => createService(config, infrastructure));
});

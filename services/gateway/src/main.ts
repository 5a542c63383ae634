import { runService } from '@parley/http';
import { loadConfig, runMain } from '@parley/runtime';
import { createService, gatewayConfig } from './service.ts';

await runMain(async () => {
  const config = loadConfig(gatewayConfig, process.env);
  return runService('gateway', config, (infrastructure) => createService(config, infrastructure));
});

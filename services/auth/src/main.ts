import { runService } from '@parley/http';
import { loadConfig, runMain } from '@parley/runtime';
import { authConfig } from './config.ts';
import { createService } from './service.ts';

await runMain(async () => {
  const config = loadConfig(authConfig, process.env);
  return runService('auth', config, (infrastructure) => createService(config, infrastructure));
});

import { runService } from '@parley/http';
import { loadConfig, runMain } from '@parley/runtime';
import { createService, directoryConfig } from './service.ts';

await runMain(async () => {
  const config = loadConfig(directoryConfig, process.env);
  return runService('directory', config, (infrastructure) => createService(config, infrastructure));
});

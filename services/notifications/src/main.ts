import { runService } from '@parley/http';
import { loadConfig, runMain } from '@parley/runtime';
import { createService, notificationsConfig } from './service.ts';

await runMain(async () => {
  const config = loadConfig(notificationsConfig, process.env);
  return runService('notifications', config, (infrastructure) => createService(config, infrastructure));
});

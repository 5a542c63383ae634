import { runService } from '@parley/http';
import { loadConfig, runMain } from '@parley/runtime';
import { createService, messagesConfig } from './service.ts';

await runMain(async () => {
  const config = loadConfig(messagesConfig, process.env);
  return runService('messages', config, (infrastructure) => createService(config, infrastructure));
});

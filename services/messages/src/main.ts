import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { createService, messagesConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('messages', migrations, process.env);
  const config = loadConfig(messagesConfig, process.env);
  return runService('messages', config, (infrastructure) => createService(config, infrastructure));
});

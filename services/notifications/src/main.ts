import { migrateAlone } from '@parley/database';
import { runService } from '@parley/http';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { migrations } from '../migrations/index.ts';
import { createService, notificationsConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('notifications', migrations, process.env);
  const config = loadConfig(notificationsConfig, process.env);
  return runService('notifications', config, (infrastructure) => createService(config, infrastructure));
});

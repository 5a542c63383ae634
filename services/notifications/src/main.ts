import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { createService, notificationsConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('notifications', migrations, process.env);
  const config = loadConfig(notificationsConfig, process.env);
  return runService('notifications', config, (infrastructure) => createService(config, infrastructure));
});

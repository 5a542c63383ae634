import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { authConfig } from './config.ts';
import { createService } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('auth', migrations, process.env);
  const config = loadConfig(authConfig, process.env);
  return runService('auth', config, (infrastructure) => createService(config, infrastructure));
});

import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { createService, hooksConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('hooks', migrations, process.env);
  const config = loadConfig(hooksConfig, process.env);
  return runService('hooks', config, (infrastructure) => createService(config, infrastructure));
});

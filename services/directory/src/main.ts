import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { createService, directoryConfig } from './service.ts';

await runMain(async () => {
  if (asksToMigrate(process.argv)) return migrateAlone('directory', migrations, process.env);
  const config = loadConfig(directoryConfig, process.env);
  return runService('directory', config, (infrastructure) => createService(config, infrastructure));
});

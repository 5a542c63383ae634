import { migrateAlone } from '@parley/database';
import { asksToMigrate, loadConfig, runMain } from '@parley/runtime';
import { runService } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { asksToMove, moveAlone } from './run-command.ts';
import { createService, messagesConfig } from './service.ts';

await runMain(async () => {
  if (asksToMove(process.argv)) return moveAlone(process.argv, process.env);
  if (asksToMigrate(process.argv))
    return migrateAlone('messages', migrations, process.env, 'MESSAGES_DATABASE_URLS');
  const config = loadConfig(messagesConfig, process.env);
  return runService('messages', config, (infrastructure) => createService(config, infrastructure));
});

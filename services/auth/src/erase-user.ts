import { id } from '@parley/contracts';
import { loadConfig, runMain, StartError } from '@parley/runtime';
import { z } from 'zod';
import { authConfig } from './config.ts';
import { runCommand } from './run-command.ts';
import { eraseUser } from './usecases/erase-user.ts';

/** The service's settings without the secret: nothing is signed here. */
const settings = z.object(authConfig.shape).omit({ SIGNING_SECRET: true });

/**
 * Erases users by id: `node erase-user.js <userId>…`, with the settings of auth. Safe to repeat.
 * See deploy/operations.md.
 */
await runMain(async () => {
  const userIds = z.array(id).min(1).safeParse(process.argv.slice(2));
  if (!userIds.success) throw new StartError('Usage: npm run erase-user -- <userId>...');
  await runCommand(loadConfig(settings, process.env), async (context) => {
    for (const userId of userIds.data) {
      const erased = await eraseUser(context, { userId });
      console.log(`${userId}: ${erased ? 'erased' : 'not found; the other services were notified again'}`);
    }
  });
  return { stop: async () => undefined };
});

import { loadConfig, runMain } from '@parley/runtime';
import { authConfig } from './config.ts';
import { runCommand } from './run-command.ts';
import { rotateKeys } from './usecases/rotate-keys.ts';

/**
 * Replaces the signing key now, with the service's settings: `node rotate-keys.js`. Never decrypts
 * the old key, so SIGNING_SECRET may be new.
 */
await runMain(async () => {
  const config = loadConfig(authConfig, process.env);
  await runCommand(config, (context) =>
    rotateKeys(context, { secret: config.SIGNING_SECRET, olderThanMs: 0 }),
  );
  return { stop: async () => undefined };
});

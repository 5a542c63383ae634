import { loadConfig, newId, runMain, systemClock } from '@parley/runtime';
import { authConfig, maxAccessTtlMs } from './config.ts';
import { runCommand } from './run-command.ts';
import { SigningKeyStore } from './stores/signing-keys.ts';
import { rotateKeys } from './usecases/rotate-keys.ts';

/**
 * Replaces the signing key now, with the service's settings: `node rotate-keys.js`. Never decrypts
 * the old key, so SIGNING_SECRET may be new.
 */
await runMain(async () => {
  const config = loadConfig(authConfig, process.env);
  await runCommand(config, async (db, outbox) => {
    const keys = new SigningKeyStore(db);
    await rotateKeys({
      outbox,
      keys,
      secret: config.SIGNING_SECRET,
      tokenTtlMs: maxAccessTtlMs(config),
      clock: systemClock,
      newId,
    })(0);
  });
  return { stop: async () => undefined };
});

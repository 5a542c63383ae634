import { busOptions, RabbitBus } from '@parley/bus';
import { connectDatabase, Outbox, prepareTables } from '@parley/database';
import { createLogger, loadConfig, newId, runMain, systemClock } from '@parley/runtime';
import { migrations } from '../migrations/index.ts';
import { authConfig } from './config.ts';
import { SigningKeyStore } from './stores/signing-keys.ts';
import { rotateKeys } from './usecases/rotate-keys.ts';

/** Replaces the signing key now, with the service's own settings: `node rotate-keys.mjs`. Never opens the old one, so SIGNING_SECRET may be new. */
await runMain(async () => {
  const config = loadConfig(authConfig, process.env);
  const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL });
  const db = connectDatabase({ url: config.DATABASE_URL, schema: 'auth', pool: 2 });
  const bus = await RabbitBus.connect({ ...busOptions(config), logger });
  const outbox = new Outbox({ db, bus, logger });
  const stop = async () => {
    await outbox.stop();
    await bus.close();
    await db.destroy();
  };
  try {
    await prepareTables(db, 'auth', migrations, config.MIGRATE_ON_START);
    const keys = new SigningKeyStore(db);
    await rotateKeys({ outbox, keys, secret: config.SIGNING_SECRET, accessTtlMs: config.ACCESS_TTL, clock: systemClock, newId })(0);
    await outbox.drain();
  } finally {
    await stop();
  }
  return { stop: async () => undefined };
});

import { busOptions, RabbitBus } from '@parley/bus';
import { connectDatabase, type Database, Outbox, prepareTables } from '@parley/database';
import { createLogger } from '@parley/runtime';
import { migrations } from '../migrations/index.ts';
import type { AuthConfig } from './config.ts';

/** Runs a command on the service's tables. Resolves when its events have been published. */
export async function runCommand(
  config: Omit<AuthConfig, 'SIGNING_SECRET'>,
  work: (db: Database, outbox: Outbox) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL });
  const db = connectDatabase({ url: config.DATABASE_URL, schema: 'auth', pool: 2 });
  const bus = await RabbitBus.connect({ ...busOptions(config), logger });
  const outbox = new Outbox({ db, bus, logger });
  try {
    await prepareTables(db, 'auth', migrations, config.MIGRATE_ON_START);
    await work(db, outbox);
    await outbox.drain();
  } finally {
    await outbox.stop();
    await bus.close();
    await db.destroy();
  }
}

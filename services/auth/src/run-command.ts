import { busOptions, RabbitBus } from '@parley/bus';
import { connectDatabase, Outbox, prepareTables } from '@parley/database';
import { createLogger, newId, systemClock } from '@parley/runtime';
import { migrations } from '../migrations/index.ts';
import type { AuthConfig } from './config.ts';
import { createCommandContext } from './create-context.ts';
import type { CommandContext } from './usecases/context.ts';

/** Runs a command on the service's tables. Resolves when its events have been published. */
export async function runCommand(
  config: Omit<AuthConfig, 'SIGNING_SECRET'>,
  work: (context: CommandContext) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ service: 'auth', level: config.LOG_LEVEL });
  const db = connectDatabase({ url: config.DATABASE_URL, schema: 'auth', pool: 2 });
  const bus = await RabbitBus.connect({ ...busOptions(config), logger });
  const outbox = new Outbox({ db, bus, logger });
  try {
    await prepareTables(db, 'auth', migrations, config.MIGRATE_ON_START);
    await work(createCommandContext(config, { db, outbox, clock: systemClock, newId }));
    await outbox.drain();
  } finally {
    await outbox.stop();
    await bus.close();
    await db.destroy();
  }
}

import { connectDatabase, Outbox, pingDatabase, prepareTables } from '@parley/database';
import type { Infrastructure, Service } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { authRoutes } from './api/index.ts';
import { answerAcceptIssuedToken } from './calls/accept-issued-token.ts';
import { answerGetIdentity } from './calls/get-identity.ts';
import { answerGetVerificationState } from './calls/get-verification-state.ts';
import type { AuthConfig } from './config.ts';
import { consumeKeyActions } from './consumers/key-acted.ts';
import { followRotations } from './consumers/signing-key-rotated.ts';
import { createContext } from './create-context.ts';
import { startMaintenance } from './start-maintenance.ts';
import { fillSkeletons } from './stores/skeletons.ts';

export { type AuthConfig, authConfig } from './config.ts';

const schema = 'auth';

/** Identities, passwords, organizations, sessions and signing keys. See README.md. */
export async function createService(config: AuthConfig, infrastructure: Infrastructure): Promise<Service> {
  const { bus, clock, logger, metrics, newId, tracing } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  metrics.watchPool(schema, db);
  try {
    await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
    await fillSkeletons(db);
    const outbox = new Outbox({ db, bus, logger, tracing });
    const context = await createContext(config, { db, outbox, clock, logger, newId });
    await context.keyRing.reload();
    const consumers = await Promise.all([
      followRotations(bus, context),
      consumeKeyActions(bus, context),
      answerGetVerificationState(bus, context),
      answerGetIdentity(bus, context),
      answerAcceptIssuedToken(bus, context),
    ]);
    outbox.start();
    const maintenance = startMaintenance(context);
    return {
      name: 'auth',
      routes: authRoutes(context),
      checks: {
        database: () => pingDatabase(db),
        bus: () => bus.ping(),
      },
      stop: async () => {
        await maintenance.stop();
        await Promise.all(consumers.map((consumer) => consumer.close()));
        await outbox.stop();
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

import { connectDatabase, pingDatabase, prepareTables } from '@parley/database';
import { Egress } from '@parley/egress';
import { createLimiter } from '@parley/http';
import { maximum } from '@parley/runtime';
import type { Infrastructure, Service } from '@parley/service';
import { Submitter } from '@parley/timeline';
import { migrations } from '../migrations/index.ts';
import { hookRoutes } from './api/hooks.ts';
import { incomingRoutes } from './api/incoming.ts';
import type { HooksConfig } from './config.ts';
import { listenAuthChanged } from './consumers/auth-changed.ts';
import { listenDirectoryChanged } from './consumers/directory-changed.ts';
import { listenTimelineChanged } from './consumers/timeline-changed.ts';
import { SecretBox } from './secret-box.ts';
import { countWaiting } from './stores/claims.ts';
import { BotOwners } from './usecases/bot-owners.ts';
import { type Context, nowOf } from './usecases/context.ts';
import { Dispatcher } from './usecases/dispatcher.ts';
import { HookMetrics } from './usecases/hook-metrics.ts';
import { callTimeoutMs } from './usecases/read-room.ts';
import { resealSecrets } from './usecases/reseal-secrets.ts';
import { Sweep } from './usecases/sweep.ts';
import { TypedCommands } from './usecases/typed-commands.ts';
import { Wakeups } from './usecases/wakeups.ts';

export { type HooksConfig, hooksConfig } from './config.ts';

const schema = 'hooks';

/** The hooks service: delivers what happens in rooms to receivers of other systems. */
export async function createService(config: HooksConfig, infrastructure: Infrastructure): Promise<Service> {
  const { bus, clock, logger, metrics, newId, tracing } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
  metrics.watchPool(schema, db);

  const timeoutMs = config.HOOK_TIMEOUT;
  const egress = new Egress({ allow: config.EGRESS_ALLOW, ports: config.EGRESS_PORTS, timeoutMs });
  const context: Context = {
    db,
    bus,
    egress,
    logger,
    newId,
    clock,
    random: Math.random,
    metrics: new HookMetrics(metrics, () => countWaiting(db, nowOf({ clock }))),
    maxHooks: maximum('MAX_HOOKS', config.MAX_HOOKS, 'webhooks per user'),
    timeoutMs,
    secretBox: new SecretBox(config.HOOKS_SECRET),
    botOwners: new BotOwners({ bus, clock, timeoutMs: callTimeoutMs }),
    submitter: await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT, tracing }),
    limitIncoming: createLimiter({ setting: 'INCOMING_RATE', rate: config.INCOMING_RATE, per: ['webhook'] }),
    kick: () => dispatcher.kick(),
  };
  await resealSecrets(context);
  const dispatcher = new Dispatcher(context, { concurrency: config.HOOK_CONCURRENCY });
  const sweep = new Sweep(context, { everyMs: config.HOOK_SWEEP });
  const wakeups = new Wakeups(context, () => sweep.now({ all: false }));
  const commands = new TypedCommands(context);
  const consumers = [
    await listenTimelineChanged(context, wakeups, commands),
    await listenDirectoryChanged(context, wakeups, dispatcher),
    await listenAuthChanged(context, wakeups),
  ];
  // Events may have been lost while the broker was away.
  bus.onRecovered(() => sweep.now({ all: true }));
  dispatcher.start();
  sweep.start();

  return {
    name: 'hooks',
    // Paths with a fixed segment come before those with a parameter in its place.
    routes: [...incomingRoutes(context), ...hookRoutes(context)],
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await Promise.all([wakeups.stop(), sweep.stop(), dispatcher.stop(), commands.stop()]);
      await context.submitter.close();
      egress.close();
      await db.destroy();
    },
  };
}

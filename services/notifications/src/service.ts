import { connectDatabase, keepForgetting, Outbox, pingDatabase, prepareTables } from '@parley/database';
import type { Infrastructure, Service } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { notificationRoutes } from './api/notifications.ts';
import { answerGetLiveNotifications } from './calls/get-live-notifications.ts';
import { answerRevokeInboxAccess } from './calls/revoke-inbox-access.ts';
import type { NotificationsConfig } from './config.ts';
import { consumeAccountChanged } from './consumers/account-changed.ts';
import { consumeDirectoryChanged } from './consumers/directory-changed.ts';
import { consumePasswordReplaced } from './consumers/password-replaced.ts';
import { consumeTimelineChanged } from './consumers/timeline-changed.ts';
import { conversationsRoutes } from './contracts/conversations.ts';
import { createInboxPublisher } from './inbox-publisher.ts';
import type { Context } from './usecases/context.ts';
import { forgetOldRows } from './usecases/forget-old-rows.ts';
import { getLiveNotifications } from './usecases/get-live-notifications.ts';
import { LiveInbox } from './usecases/live-inbox.ts';

export { type NotificationsConfig, notificationsConfig } from './config.ts';

const schema = 'notifications';

/** The notifications service: each user's inbox, built from other services' events. */
export async function createService(
  config: NotificationsConfig,
  infrastructure: Infrastructure,
): Promise<Service> {
  const { bus, clock, logger, newId } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
  infrastructure.metrics.watchPool(schema, db);

  // Publishes what processes of the release before have left.
  const outbox = new Outbox({ db, bus, logger, tracing: infrastructure.tracing });
  const publisher = createInboxPublisher(config, infrastructure);
  const readCurrent = (ids: readonly string[]) => getLiveNotifications({ db, bus, clock }, ids);
  const inbox = new LiveInbox({ db, publisher, readCurrent, logger, newId });
  const context: Context = {
    db,
    bus,
    inbox,
    logger,
    newId,
    clock,
    notifyAllUpTo: config.NOTIFY_ALL_UP_TO,
  };
  outbox.start();
  inbox.start();
  const consumers = [
    await consumeDirectoryChanged(context),
    await consumeTimelineChanged(context),
    await consumePasswordReplaced(context),
    await consumeAccountChanged(context),
    await answerRevokeInboxAccess(context),
    await answerGetLiveNotifications(context),
  ];

  const stopping = new AbortController();
  const forgetting = keepForgetting(context, forgetOldRows(context), stopping);

  return {
    name: 'notifications',
    routes: [...notificationRoutes(context), ...conversationsRoutes(context)],
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await Promise.all([inbox.stop(), outbox.stop(), forgetting]);
      await db.destroy();
    },
  };
}

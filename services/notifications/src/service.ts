import { connectDatabase, Outbox, pingDatabase, prepareTables } from '@parley/database';
import type { Infrastructure, Service } from '@parley/http';
import { migrations } from '../migrations/index.ts';
import { deleteNotificationRoute } from './api/delete-notification.ts';
import { listNotificationsRoute } from './api/list-notifications.ts';
import { listUnreadNotificationsRoute } from './api/list-unread-notifications.ts';
import { readAllNotificationsRoute } from './api/read-all-notifications.ts';
import { readNotificationRoute } from './api/read-notification.ts';
import type { NotificationsConfig } from './config.ts';
import { consumeDirectoryChanged } from './consumers/directory-changed.ts';
import { consumeTimelineChanged } from './consumers/timeline-changed.ts';
import { conversationsRoutes } from './contracts/conversations.ts';
import { InboxStore } from './stores/inbox-store.ts';
import { NotificationStore } from './stores/notification-store.ts';
import { RoomStore } from './stores/room-store.ts';
import { DeleteNotification } from './usecases/delete-notification.ts';
import { FindWatchers } from './usecases/find-watchers.ts';
import { KnowRooms } from './usecases/know-rooms.ts';
import { ListNotifications } from './usecases/list-notifications.ts';
import { NotifyOfInvitations } from './usecases/notify-of-invitations.ts';
import { NotifyOfMessages } from './usecases/notify-of-messages.ts';
import { ReadAllNotifications } from './usecases/read-all-notifications.ts';
import { ReadNotification } from './usecases/read-notification.ts';
import { RecordMembership } from './usecases/record-membership.ts';

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

  const rooms = new RoomStore();
  const notifications = new NotificationStore(newId);
  const inbox = new InboxStore();
  const outbox = new Outbox({ db, bus, logger, tracing: infrastructure.tracing });
  const knowRooms = new KnowRooms({ db, bus, rooms });
  const findWatchers = new FindWatchers({ bus, logger });
  const notifyAllUpTo = config.NOTIFY_ALL_UP_TO;

  outbox.start();
  const consumers = [
    await consumeDirectoryChanged(
      bus,
      new RecordMembership({ db, rooms }),
      new NotifyOfInvitations({ outbox, notifications, newId, clock }),
    ),
    await consumeTimelineChanged(
      bus,
      new NotifyOfMessages({
        db,
        outbox,
        rooms,
        notifications,
        knowRooms,
        findWatchers,
        newId,
        clock,
        notifyAllUpTo,
      }),
    ),
  ];
  const list = new ListNotifications({ db, inbox });
  const read = new ReadNotification({ db, inbox });
  const readAll = new ReadAllNotifications({ db, inbox });
  const remove = new DeleteNotification({ db, inbox, clock });

  return {
    name: 'notifications',
    routes: [
      listNotificationsRoute(list),
      listUnreadNotificationsRoute(list),
      readNotificationRoute(read),
      readAllNotificationsRoute(readAll),
      deleteNotificationRoute(remove),
      ...conversationsRoutes({ list, read, readAll, remove }),
    ],
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await outbox.stop();
      await db.destroy();
    },
  };
}

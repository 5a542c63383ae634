import { type BackplanePublisher, connectCommands, RedisPublisher, userKey } from '@parley/backplane';
import { type Bus, publishEvent } from '@parley/bus';
import { makeEvent, type Notification } from '@parley/contracts';
import type { Infrastructure } from '@parley/service';
import type { NotificationsConfig } from './config.ts';

/** A row of an inbox as its user's connections are to receive it. */
export type InboxMessage =
  | { event: 'notification' | 'notification_updated'; data: Notification }
  | { event: 'notification_removed'; data: { id: string } };

/** Publishes to all connections of a user, on every gateway. */
export interface InboxPublisher {
  /**
   * Answers whether the message was sent, or rejects. A message that was sent may still be lost.
   * Messages of one process for the same user keep their order.
   */
  publish(userId: string, message: InboxMessage): Promise<boolean>;
  close(): Promise<void>;
}

/** Straight to the gateways of the user's connections. */
class BackplaneInboxPublisher implements InboxPublisher {
  readonly #backplane: BackplanePublisher;

  constructor(backplane: BackplanePublisher) {
    this.#backplane = backplane;
  }

  publish(userId: string, message: InboxMessage): Promise<boolean> {
    return this.#backplane.publish([userKey(userId)], message);
  }

  close(): Promise<void> {
    return this.#backplane.close();
  }
}

/** Over the broker, for a gateway in another process that has no Redis either. */
class BusInboxPublisher implements InboxPublisher {
  readonly #bus: Bus;
  readonly #stamp: () => { id: string; now: number };

  constructor({ bus, newId, clock }: Pick<Infrastructure, 'bus' | 'newId' | 'clock'>) {
    this.#bus = bus;
    this.#stamp = () => ({ id: newId(), now: clock() });
  }

  async publish(userId: string, { event, data }: InboxMessage): Promise<boolean> {
    const stamp = this.#stamp();
    if (event === 'notification_removed')
      await publishEvent(
        this.#bus,
        makeEvent('notification.removed', { userId, notificationId: data.id }, stamp),
      );
    else {
      const row = { userId, notification: data, checked: false as const };
      const isNews = event === 'notification';
      await publishEvent(
        this.#bus,
        isNews
          ? makeEvent('notification.created', row, stamp)
          : makeEvent('notification.updated', row, stamp),
      );
    }
    return true;
  }

  async close(): Promise<void> {}
}

/** Over Redis, which may be away, or within the process. */
export function createInboxPublisher(
  { REDIS_URL: urls, NAMESPACE: namespace }: Pick<NotificationsConfig, 'REDIS_URL' | 'NAMESPACE'>,
  infrastructure: Infrastructure,
): InboxPublisher {
  const { backplane, metrics, logger } = infrastructure;
  if (backplane) return new BackplaneInboxPublisher(backplane);
  if (!urls) return new BusInboxPublisher(infrastructure);
  const failures = metrics
    .counter('notifications_backplane_failures_total', 'Live notifications that could not be published yet')
    .of();
  const redis = connectCommands(urls, logger);
  metrics.gauge('notifications_redis_connected', 'Whether Redis can be reached', [], (gauge) =>
    gauge.set(redis.commands.status === 'ready' ? 1 : 0),
  );
  const lost = () => failures.add();
  return new BackplaneInboxPublisher(new RedisPublisher({ redis, namespace, lost, logger }));
}

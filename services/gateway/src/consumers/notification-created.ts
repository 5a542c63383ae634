import type { Consumer } from '@parley/bus';
import { parseEvent } from '@parley/contracts';
import { userKey } from '../subscriptions/keys.ts';
import type { ConsumersContext } from './consumers-context.ts';
import { SeenEvents } from './seen-events.ts';

/**
 * Delivers a new notification to all connections of its user. Absent users find it in their inbox.
 */
export function consumeNotificationCreated({ bus, backplane }: ConsumersContext): Promise<Consumer> {
  const seen = new SeenEvents();
  return bus.consume('notifications', 'gateway', async (envelopes) => {
    const events = envelopes
      .flatMap((envelope) => parseEvent(envelope) ?? [])
      .filter((event) => seen.isNew(event.id));
    const published = events.flatMap((event) =>
      event.type === 'notification.created'
        ? [
            backplane.publish([userKey(event.data.userId)], {
              event: 'notification',
              data: event.data.notification,
            }),
          ]
        : [],
    );
    await Promise.all(published);
  });
}

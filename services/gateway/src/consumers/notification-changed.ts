import { userKey } from '@parley/backplane';
import { ask, type Bus, type Consumer } from '@parley/bus';
import { calls, type EventOf, type Notification, parseEvent } from '@parley/contracts';
import type { ConsumersContext } from './consumers-context.ts';
import { SeenEvents } from './seen-events.ts';

type Written = EventOf<'notification.created' | 'notification.updated'>;
type Changed = Written | EventOf<'notification.removed'>;

/**
 * Delivers new and corrected notifications to all connections of their user. Absent users find them
 * in their inbox. A text may have been deleted or replaced since its event was published, so the
 * current one is fetched first; while that fails, the bus repeats the batch. Also delivers answers
 * to commands.
 */
export function consumeNotificationChanged({ bus, backplane }: ConsumersContext): Promise<Consumer> {
  const seen = new SeenEvents();
  return bus.consume('notifications', 'gateway', async (envelopes) => {
    const fresh = envelopes
      .flatMap((envelope) => parseEvent(envelope) ?? [])
      .filter((event) => !seen.has(event.id));
    const events = lastOfEach(fresh.filter(isChanged));
    const current = await fetchCurrent(bus, events);
    for (const { id } of envelopes) seen.isNew(id);
    const answers = fresh.filter((event) => event.type === 'command.answered');
    await Promise.all([
      ...answers.map(({ data: { userId, answer: data } }) =>
        backplane.publish([userKey(userId)], { event: 'command_answered', data }),
      ),
      ...events.map((event) => {
        const to = [userKey(event.data.userId)] as const;
        if (event.type === 'notification.removed')
          return backplane.publish(to, {
            event: 'notification_removed',
            data: { id: event.data.notificationId },
          });
        const data =
          event.data.checked === false ? current.get(event.data.notification.id) : event.data.notification;
        // Without a current text, another event follows.
        if (!data) return undefined;
        const isNews = event.type === 'notification.created' && !data.isRead;
        return backplane.publish(to, { event: isNews ? 'notification' : 'notification_updated', data });
      }),
    ]);
  });
}

const isChanged = (event: { type: string }): event is Changed =>
  event.type === 'notification.created' ||
  event.type === 'notification.updated' ||
  event.type === 'notification.removed';

const rowOf = ({ data }: Changed): string =>
  'notification' in data ? data.notification.id : data.notificationId;

/** One event per row: an update of a row that the batch creates is part of its creation. */
function lastOfEach(events: readonly Changed[]): Changed[] {
  const last = new Map<string, Changed>();
  for (const event of events) {
    const before = last.get(rowOf(event));
    const isPart = before?.type === 'notification.created' && event.type === 'notification.updated';
    last.set(rowOf(event), isPart ? { ...before, data: event.data } : event);
  }
  return [...last.values()];
}

async function fetchCurrent(bus: Bus, events: readonly Changed[]): Promise<Map<string, Notification>> {
  const ids = events.flatMap((event) =>
    event.type !== 'notification.removed' && event.data.checked === false ? [rowOf(event)] : [],
  );
  if (ids.length === 0) return new Map();
  const { notifications } = await ask(bus, calls.getLiveNotifications, { ids });
  return new Map(notifications.map((notification) => [notification.id, notification]));
}

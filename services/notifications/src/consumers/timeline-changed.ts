import type { Bus, Consumer } from '@parley/bus';
import type { ChangedBatch, Envelope } from '@parley/contracts';
import type { NotifyOfMessages } from '../usecases/notify-of-messages.ts';

/** Delays inboxes slightly, so that many changes are handled together under load. */
const lingerMs = 200;
const maxBatch = 500;

export function consumeTimelineChanged(bus: Bus, notify: NotifyOfMessages): Promise<Consumer> {
  const consume = (events: Envelope[]) =>
    notify.run(events.flatMap((event) => (event.data as ChangedBatch).changes));
  return bus.consume('timeline', 'notifications', consume, { maxBatch, lingerMs });
}

import type { Bus, Consumer } from '@parley/bus';
import type { ChangedBatch, Envelope } from '@parley/contracts';
import type { NotifyOfMessages } from '../usecases/notify-of-messages.ts';

/** An inbox may be a moment late: under load that makes one piece of work of very many. */
const lingerMs = 200;
const maxBatch = 500;

export function consumeTimelineChanged(bus: Bus, notify: NotifyOfMessages): Promise<Consumer> {
  const consume = (events: Envelope[]) =>
    notify.run(events.flatMap((event) => (event.data as ChangedBatch).changes));
  return bus.consume('timeline', 'notifications', consume, { maxBatch, lingerMs });
}

import type { Bus, Consumer } from '@parley/bus';
import type { ChangedBatch } from '@parley/contracts';
import type { NotifyOfMessages } from '../usecases/notify-of-messages.ts';

export function consumeTimelineChanged(bus: Bus, notify: NotifyOfMessages): Promise<Consumer> {
  return bus.consume('timeline', 'notifications', (events) => notify.run(events.flatMap((event) => (event.data as ChangedBatch).changes)));
}

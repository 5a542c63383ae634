import type { Consumer } from '@parley/bus';
import type { ChangedBatch, Envelope } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { notifyOfMessages } from '../usecases/notify-of-messages.ts';

/** Delays inboxes slightly, so that many changes are handled together under load. */
const lingerMs = 200;
const maxBatch = 500;

export function consumeTimelineChanged(context: Context): Promise<Consumer> {
  const consume = (events: Envelope[]) =>
    notifyOfMessages(
      context,
      events.flatMap((event) => (event.data as ChangedBatch).changes),
    );
  return context.bus.consume('timeline', 'notifications', consume, { maxBatch, lingerMs });
}

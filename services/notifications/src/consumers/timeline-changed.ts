import type { Consumer } from '@parley/bus';
import type { ChangedBatch, Envelope } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { notifyOfMessages } from '../usecases/notify-of-messages.ts';
import { notifyOfMissed } from '../usecases/notify-of-missed.ts';

/** Delays inboxes slightly, so that many changes are handled together under load. */
const lingerMs = 200;
/** Events. Each holds up to 1,000 changes. */
const maxBatch = 100;

export function consumeTimelineChanged(context: Context): Promise<Consumer> {
  const consume = async (events: Envelope[]) => {
    const batches = events.map((event) => event.data as ChangedBatch);
    await notifyOfMessages(
      context,
      batches.flatMap(({ changes }) => changes),
    );
    const missed = batches.flatMap((batch) => batch.missed ?? []);
    if (missed.length > 0) await notifyOfMissed(context, missed);
  };
  return context.bus.consume('timeline', 'notifications', consume, { maxBatch, lingerMs });
}

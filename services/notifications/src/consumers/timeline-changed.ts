import { acrossPartitions, type Consumer, type PartitionBatch } from '@parley/bus';
import type { ChangedBatch } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { notifyOfMessages } from '../usecases/notify-of-messages.ts';
import { notifyOfMissed } from '../usecases/notify-of-missed.ts';

/** Delays inboxes slightly, so that many changes are handled together under load. */
const lingerMs = 200;
/** Events. Each holds up to 1,000 changes. */
const maxBatch = 100;

export function consumeTimelineChanged(context: Context): Promise<Consumer> {
  const consume = async (parts: readonly PartitionBatch[]) => {
    const batches = parts.flatMap(({ events }) => events.map((event) => event.data as ChangedBatch));
    await notifyOfMessages(
      context,
      batches.flatMap(({ changes }) => changes),
    );
    const missed = batches.flatMap((batch) => batch.missed ?? []);
    if (missed.length > 0) await notifyOfMissed(context, missed);
    return undefined;
  };
  const combined = acrossPartitions(consume, { maxEvents: maxBatch });
  return context.bus.consume('timeline', 'notifications', combined, { maxBatch, lingerMs });
}

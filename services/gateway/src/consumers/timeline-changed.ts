import type { Bus, Consumer } from '@parley/bus';
import { type Change, type Envelope, parseEvent } from '@parley/contracts';
import type { Backplane } from '../backplane/backplane.ts';
import { roomKey, userKey } from '../subscriptions/keys.ts';

const maxBatch = 200;

/**
 * Publishes the changes of a partition, which one gateway at a time consumes, to all gateways.
 * Acknowledges a batch only after its changes were sent or failed to send. If this gateway dies
 * earlier, another consumes the batch again, and receivers drop duplicates by `seq`.
 */
export function consumeTimelineChanged(bus: Bus, backplane: Backplane): Promise<Consumer> {
  const consume = async (envelopes: readonly Envelope[]) => {
    const published = [...byKey(envelopes)].map(([key, changes]) => backplane.publish([key], { changes }));
    return () => Promise.all(published);
  };
  return bus.consume('timeline', 'gateway', consume, { maxBatch });
}

/**
 * Groups changes by key and room, preserving the order within each group. Changes of direct rooms
 * are addressed to their two users.
 */
function byKey(envelopes: readonly Envelope[]): Iterable<[string, [Change, ...Change[]]]> {
  const batches = new Map<string, { key: string; changes: [Change, ...Change[]] }>();
  for (const envelope of envelopes) {
    const event = parseEvent(envelope);
    if (event?.type !== 'timeline.changed') continue;
    for (const change of event.data.changes) {
      for (const key of change.to?.map(userKey) ?? [roomKey(change.roomId)]) {
        const id = `${key} ${change.roomId}`;
        const batch = batches.get(id);
        if (batch) batch.changes.push(change);
        else batches.set(id, { key, changes: [change] });
      }
    }
  }
  return [...batches.values()].map(({ key, changes }) => [key, changes]);
}

import type { Bus, Consumer } from '@parley/bus';
import { type Change, type Envelope, parseEvent } from '@parley/contracts';
import type { Backplane } from '../backplane/backplane.ts';
import { roomKey, userKey } from '../subscriptions/keys.ts';

const maxBatch = 200;

/**
 * Of the whole fleet one gateway reads each partition, and hands every change to all. Only when the changes are on the road (or cannot be) is the delivery let
 * go: if this gateway dies before, another reads it again, and what comes twice is recognised by its number.
 */
export function consumeTimelineChanged(bus: Bus, backplane: Backplane): Promise<Consumer> {
  const consume = async (envelopes: readonly Envelope[]) => {
    const published = [...byKey(envelopes)].map(([key, changes]) => backplane.publish([key], { changes }));
    return () => Promise.all(published);
  };
  return bus.consume('timeline', 'gateway', consume, { maxBatch });
}

/** Changes of one room share their keys, so those of a key and room stay in order. Direct rooms go to their people by name. */
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

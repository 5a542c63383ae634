import type { Consumer } from '@parley/bus';
import { type Change, type Envelope, parseEvent } from '@parley/contracts';
import { isUserKey, roomKey, userKey } from '../subscriptions/keys.ts';
import type { ConsumersContext } from './consumers-context.ts';

const maxBatch = 200;

/**
 * Publishes the changes of a partition, which one gateway at a time consumes, to all gateways.
 * Acknowledges a batch only after its changes were sent or failed to send. If this gateway dies
 * earlier, another consumes the batch again, and receivers drop duplicates by `seq`.
 */
export function consumeTimelineChanged(context: ConsumersContext): Promise<Consumer> {
  const consume = async (envelopes: readonly Envelope[]) => {
    const published = byKey(envelopes).map(({ key, changes: [first, ...others] }) =>
      context.backplane.publish([key], {
        changes: [traced(context, key, first), ...others.map((change) => traced(context, key, change))],
      }),
    );
    return () => Promise.all(published);
  };
  return context.bus.consume('timeline', 'gateway', consume, { maxBatch });
}

interface Batch {
  key: string;
  changes: [Change, ...Change[]];
}

/**
 * Groups changes by key and room, preserving the order within each group. Changes of direct rooms
 * are addressed to their two users.
 */
function byKey(envelopes: readonly Envelope[]): Batch[] {
  const batches = new Map<string, Batch>();
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
  return [...batches.values()];
}

/** Records the publication as a span, and passes the trace on to the receiving gateways. */
function traced({ tracing, clock }: ConsumersContext, key: string, change: Change): Change {
  if (!tracing || change.trace === undefined) return change;
  const trace = tracing.record(`fan out ${change.kind}`, {
    kind: 'producer',
    of: [change.trace],
    links: [tracing.current()],
    since: clock(),
    attributes: { 'parley.room.id': change.roomId, 'parley.to': isUserKey(key) ? 'user' : 'room' },
  });
  return { ...change, trace };
}

import type { Change } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { LocalDelivery } from './local-delivery.ts';

interface Deps {
  tracing: Tracing;
  delivery: LocalDelivery;
  rooms: SubscriptionTable;
  clock: Clock;
}

/**
 * Wraps `LocalDelivery.change` and records it as the last span of the change's trace on this
 * gateway, if the key has subscribers here.
 */
export function tracedDelivery({
  tracing,
  delivery,
  rooms,
  clock,
}: Deps): (key: string, change: Change) => void {
  return (key, change) => {
    const connections = rooms.at(key).size;
    const since = clock();
    delivery.change(key, change);
    if (change.trace === undefined || connections === 0) return;
    const attributes = { 'parley.room.id': change.roomId, 'parley.connections': connections };
    tracing.record(`deliver ${change.kind}`, { kind: 'consumer', of: [change.trace], since, attributes });
  };
}

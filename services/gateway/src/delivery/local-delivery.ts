import type { BackplaneEvent } from '@parley/backplane';
import { isUserKey, roomIdOf } from '@parley/backplane';
import type { Change } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { GatewayContext } from '../context.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { SenderExclusions } from './sender-exclusions.ts';
import type { Subscriptions } from './subscriptions.ts';
import { translate } from './translate.ts';

/** The last step: sends changes and events to this gateway's own connections. */
export interface DeliveryContext extends GatewayContext {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  /** This gateway's connections of the room's members. */
  membersHere: (roomId: string) => Iterable<Connection>;
  exclusions: SenderExclusions;
}

/** Sends a change to every connection subscribed to the key: the last span of its trace here. */
export function deliverChange(context: DeliveryContext, key: string, change: Change): void {
  const { rooms, exclusions, metrics, clock, tracing } = context;
  const connections = rooms.at(key);
  const count = connections.size;
  if (count === 0) return;
  const now = clock();
  const excluded = change.kind === 'message.created' ? exclusions.senderOf(change.message.id) : undefined;
  for (const frame of translate(change, new Date(now).toISOString())) {
    for (const connection of connections) if (connection.id !== excluded) connection.send(frame);
    metrics.out(connections.size);
  }
  if (change.kind === 'message.created') metrics.delivered(now - Date.parse(change.message.createdAt));
  if (tracing === undefined || change.trace === undefined) return;
  const attributes = { 'parley.room.id': change.roomId, 'parley.connections': count };
  tracing.record(`deliver ${change.kind}`, { kind: 'consumer', of: [change.trace], since: now, attributes });
}

/** Sends an event once to every connection subscribed to any of the keys. */
export function deliverEvent(
  { rooms, subscriptions, membersHere, metrics }: DeliveryContext,
  keys: readonly string[],
  { event, data, exceptConnection, exceptUser, exceptUsers, inRoom, toMembers }: BackplaneEvent,
): void {
  const frame = new Frame(event, data);
  const reached = new Set<Connection>();
  const reach = (connection: Connection) => {
    const { userId } = connection.caller;
    if (connection.id === exceptConnection || userId === exceptUser || exceptUsers?.includes(userId)) return;
    if (inRoom === undefined || subscriptions.sees(connection, inRoom)) reached.add(connection);
  };
  for (const key of keys) {
    for (const connection of rooms.at(key)) reach(connection);
    if (toMembers && !isUserKey(key)) for (const connection of membersHere(roomIdOf(key))) reach(connection);
  }
  for (const connection of reached) connection.send(frame);
  metrics.out(reached.size);
}

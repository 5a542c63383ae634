import {
  type BackplaneEvent,
  isUserKey,
  roomIdOf,
  roomKey,
  type UserStatus,
  userKey,
} from '@parley/backplane';
import type { Change, NumberedChange } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { GatewayContext } from '../context.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { CatchUp } from './catch-up.ts';
import type { SenderExclusions } from './sender-exclusions.ts';
import type { Subscriptions } from './subscriptions.ts';
import { translate } from './translate.ts';

/** The last step: sends changes and events to this gateway's own connections. */
export interface DeliveryContext extends GatewayContext {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  catchUp: CatchUp;
  /** This gateway's connections of the room's members. */
  membersHere: (roomId: string) => Iterable<Connection>;
  exclusions: SenderExclusions;
}

/** Sends a change to every connection subscribed to the key: the last span of its trace here. */
export function deliverChange(context: DeliveryContext, key: string, change: Change): void {
  const { rooms, catchUp, exclusions, metrics, clock, tracing } = context;
  const connections = rooms.at(key);
  const count = connections.size;
  if (count === 0) return;
  const now = clock();
  const excluded = senderOf(exclusions, change);
  const withheld = catchUp.without(key, change);
  for (const frame of translate(change, new Date(now).toISOString())) {
    for (const connection of connections)
      if (connection.id !== excluded && !withheld?.has(connection)) connection.send(frame);
    metrics.out(connections.size);
  }
  if (change.kind === 'message.created') metrics.delivered(now - Date.parse(change.message.createdAt));
  if (tracing === undefined || change.trace === undefined) return;
  const attributes = { 'parley.room.id': change.roomId, 'parley.connections': count };
  tracing.record(`deliver ${change.kind}`, { kind: 'consumer', of: [change.trace], since: now, attributes });
}

/** Sends an earlier change to a connection that catches up. */
export function deliverLate(
  { exclusions, metrics, clock }: DeliveryContext,
  connection: Connection,
  change: NumberedChange,
): void {
  if (connection.id === senderOf(exclusions, change)) return;
  for (const frame of translate(change, new Date(clock()).toISOString())) {
    connection.send(frame);
    metrics.out(1);
  }
}

const senderOf = (exclusions: SenderExclusions, change: Change): string | undefined =>
  change.kind === 'message.created' ? exclusions.senderOf(change.message.id) : undefined;

/** Sends an event once to every connection subscribed to any of the keys. */
export function deliverEvent(
  { rooms, subscriptions, membersHere, metrics }: DeliveryContext,
  keys: readonly string[],
  message: BackplaneEvent,
): void {
  if (message.forLastRelease) return;
  const { event, data, exceptConnection, exceptUser, exceptUsers, inRoom, toMembers } = message;
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

/** Sends a user's status once to every connection of those who learn of it. */
export function deliverStatus(
  { rooms, membersHere, metrics }: DeliveryContext,
  { status, rooms: roomIds, users, exceptUsers }: UserStatus,
): void {
  const reached = new Set<Connection>();
  for (const userId of users) for (const connection of rooms.at(userKey(userId))) reached.add(connection);
  for (const roomId of roomIds) {
    for (const connection of rooms.at(roomKey(roomId))) reached.add(connection);
    for (const connection of membersHere(roomId)) reached.add(connection);
  }
  const frame = new Frame('user_status', status);
  const except = new Set([status.userId, ...exceptUsers]);
  let count = 0;
  for (const connection of reached) {
    if (except.has(connection.caller.userId)) continue;
    connection.send(frame);
    count++;
  }
  metrics.out(count);
}

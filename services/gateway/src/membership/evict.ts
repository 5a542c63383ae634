import { roomKey } from '@parley/backplane';
import type { ServerPayload } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { MembershipContext } from './membership-context.ts';

type Reason = ServerPayload<'room_removed'>['reason'];

/** Unsubscribes a user who no longer belongs to the room, and informs the user's connections. */
export function evictUser(context: MembershipContext, roomId: string, userId: string, reason: Reason): void {
  evict(context, roomId, context.registry.ofUser(userId), reason);
}

/** Unsubscribes everyone from a deleted room. */
export function evictEveryone(context: MembershipContext, roomId: string): void {
  evict(context, roomId, [...context.rooms.at(roomKey(roomId))], 'deleted');
}

function evict(
  { subscriptions }: MembershipContext,
  roomId: string,
  connections: readonly Connection[],
  reason: Reason,
): void {
  const frame = new Frame('room_removed', { roomId, reason });
  for (const connection of connections) {
    subscriptions.evict(connection, roomId);
    connection.send(frame);
  }
}

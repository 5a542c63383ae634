import type { ChangeOf, EventData } from '@parley/contracts';
import { atMost } from '@parley/runtime/async';
import { evictUser } from './evict.ts';
import type { MembershipContext } from './membership-context.ts';

type Departure = Pick<EventData<'member.left'>, 'roomId' | 'userId' | 'version' | 'reason'>;

/** Well below the one second within which a removed user must stop receiving. */
const askedWithinMs = 300;

/** Applies a departure, unless it is known or the user has returned since. */
export function applyDeparture(context: MembershipContext, departure: Departure): void {
  const { roomId, userId, version, reason } = departure;
  if (!context.memberships.left(roomId, userId, version)) return;
  context.userRooms.left(roomId, userId);
  evictUser(context, roomId, userId, reason);
}

/**
 * Applies a departure announced by the room's timeline. The timeline arrives through other
 * gateways, so it reaches this one even when it is cut off from the broker and misses directory
 * events.
 *
 * The departure may be old. If nothing is known of the user, asks the directory first, because the
 * user may have rejoined. Without an answer in time, the user counts as removed. Never rejects.
 */
export async function applyTimelineDeparture(
  context: MembershipContext,
  { roomId, by: { userId }, version, reason }: ChangeOf<'member.joined' | 'member.left'>,
): Promise<void> {
  const { memberships, registry } = context;
  if (version === undefined) return;
  // Missed events may tell of the user's return.
  await atMost(askedWithinMs, memberships.caughtUp());
  if (!memberships.knows(roomId, userId)) {
    if (registry.ofUser(userId).length === 0) return;
    const asking = memberships.find(roomId, userId).catch(() => undefined);
    await atMost(askedWithinMs, asking);
  }
  applyDeparture(context, { roomId, userId, version, reason: reason ?? 'left' });
}

import type { ChangeOf } from '@parley/contracts';
import { evictUser } from './evict.ts';
import type { MembershipContext } from './membership-context.ts';

/**
 * Applies departures announced by the room's timeline. The timeline arrives through other gateways,
 * so it reaches this one even when it is cut off from the broker and misses directory events. Never
 * rejects.
 */
export async function applyDeparture(
  context: MembershipContext,
  change: ChangeOf<'member.joined' | 'member.left'>,
): Promise<void> {
  if (change.version === undefined) return;
  const { memberships, registry } = context;
  const { roomId, by, version, reason } = change;
  const concerns = registry.ofUser(by.userId).length > 0 || memberships.knows(roomId, by.userId);
  if (concerns && (await memberships.hasLeft(roomId, by.userId, version)))
    evictUser(context, roomId, by.userId, reason ?? 'left');
}

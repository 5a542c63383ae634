import type { ChangeOf } from '@parley/contracts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import type { Evictions } from './evictions.ts';
import type { Memberships } from './memberships.ts';

interface Deps {
  memberships: Memberships;
  evictions: Evictions;
  connections: ConnectionRegistry;
}

/**
 * Applies departures announced by the room's timeline. The timeline arrives through other gateways,
 * so it reaches this one even when it is cut off from the broker and misses directory events. Never
 * rejects.
 */
export async function applyDeparture(
  { memberships, evictions, connections }: Deps,
  change: ChangeOf<'member.joined' | 'member.left'>,
): Promise<void> {
  if (change.version === undefined) return;
  const { roomId, by, version, reason } = change;
  const concerns = connections.ofUser(by.userId).length > 0 || memberships.knows(roomId, by.userId);
  if (concerns && (await memberships.hasLeft(roomId, by.userId, version)))
    evictions.user(roomId, by.userId, reason ?? 'left');
}

import type { ChangeOf } from '@parley/contracts';
import type { Connections } from '../transports/connections.ts';
import type { Evictions } from './evictions.ts';
import type { Memberships } from './memberships.ts';

interface Deps {
  memberships: Memberships;
  evictions: Evictions;
  connections: Connections;
}

/**
 * The timeline tells of a departure, too, and comes from the other gateways: so it reaches this one also when it is cut off from the broker, and hears
 * nothing of the directory. Never rejects.
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

import type { Change } from '@parley/contracts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import type { Typists } from './typists.ts';

/** Ends the typing of users who sent a message, by any route, or left the room. */
export function endTyping(
  { typists, connections }: { typists: Typists; connections: ConnectionRegistry },
  change: Change,
): void {
  if (!typists.any) return;
  const userId =
    change.kind === 'message.created'
      ? change.message.userId
      : change.kind === 'member.left'
        ? change.by.userId
        : undefined;
  for (const connection of userId === undefined ? [] : connections.ofUser(userId))
    typists.end(connection, change.roomId);
}

import { maximum } from '@parley/runtime';
import type { GatewayContext } from '../context.ts';
import type { Following } from '../membership/following.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import type { Presence } from '../presence/presence.ts';
import type { Typists } from '../presence/typists.ts';
import type { Watching } from '../presence/watching.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { Connections } from './connections.ts';
import { TokenWatch } from './token-watch.ts';

interface Deps {
  rooms: SubscriptionTable;
  presence: Presence;
  watching: Watching;
  typists: Typists;
  following: Following;
  userRooms: UserRooms;
}

export function createConnections(context: GatewayContext, deps: Deps): Connections {
  const { config, registry, verifier, clock } = context;
  const { rooms, presence, watching, typists, following, userRooms } = deps;
  const max = config.MAX_CONNECTIONS_PER_USER;
  return new Connections({
    ...{ registry, verifier, rooms, presence, watching },
    tokens: new TokenWatch({ clock, warningMs: config.TOKEN_WARNING }),
    prepare: (connection) => following.opened(connection),
    onClosed: (connection, isLast) => {
      typists.closed(connection);
      if (isLast) userRooms.forget(connection.caller.userId);
    },
    maxPerUser: maximum('MAX_CONNECTIONS_PER_USER', max, 'connections per user and gateway'),
  });
}

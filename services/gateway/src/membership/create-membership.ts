import type { Change } from '@parley/contracts';
import type { GatewayContext } from '../context.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import { userKey } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { applyDeparture } from './apply-departure.ts';
import { Evictions } from './evictions.ts';
import { Following } from './following.ts';
import type { Memberships } from './memberships.ts';
import { recheckSubscribers } from './recheck-subscribers.ts';
import type { UserRooms } from './user-rooms.ts';

interface Deps {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  memberships: Memberships;
  userRooms: UserRooms;
}

export interface MembershipSync {
  following: Following;
  evictions: Evictions;
  /** Applies a departure announced by a room's timeline. */
  changed(change: Change): void;
  stop(): void;
}

/** Keeps subscriptions in line with memberships, also after events were missed. */
export function createMembership(context: GatewayContext, deps: Deps): MembershipSync {
  const { bus, logger, registry } = context;
  const { rooms, subscriptions, memberships, userRooms } = deps;
  const following = new Following({
    subscriptions,
    userRooms,
    isOpen: (connection) => rooms.isSubscribed(connection, userKey(connection.caller.userId)),
    logger,
  });
  const evictions = new Evictions({ rooms, subscriptions, connections: registry });
  const stopping = new AbortController();
  bus.onRecovered(() => {
    memberships.clear();
    void following.refresh(registry.all());
    void recheckSubscribers({ bus, rooms, evictions, logger }, stopping.signal);
  });
  return {
    following,
    evictions,
    changed: (change) => {
      if (change.kind === 'member.left')
        void applyDeparture({ memberships, evictions, connections: registry }, change);
    },
    stop: () => stopping.abort(),
  };
}

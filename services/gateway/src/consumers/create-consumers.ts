import type { Consumer } from '@parley/bus';
import type { Backplane } from '../backplane/backplane.ts';
import { answerGetPresence } from '../calls/get-presence.ts';
import { answerGetWatchers } from '../calls/get-watchers.ts';
import type { GatewayContext } from '../context.ts';
import type { Evictions } from '../membership/evictions.ts';
import type { Following } from '../membership/following.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';
import { listenDirectoryChanged } from './directory-changed.ts';
import { consumeNotificationCreated } from './notification-created.ts';
import { consumeTimelineChanged } from './timeline-changed.ts';

interface Deps {
  backplane: Backplane;
  memberships: Memberships;
  userRooms: UserRooms;
  evictions: Evictions;
  following: Following;
  presence: Presence;
  watching: Watching;
}

export interface Consumers {
  /** Closes the consumers of partitions, which other gateways take over. */
  closePartitions(): Promise<void>;
  close(): Promise<void>;
}

/** Starts consuming the events and calls of other services. */
export async function createConsumers(context: GatewayContext, deps: Deps): Promise<Consumers> {
  const { bus, registry } = context;
  const { backplane, memberships, userRooms, evictions, following, presence, watching } = deps;
  const partitions = [
    await consumeTimelineChanged(bus, backplane),
    await consumeNotificationCreated(bus, backplane),
  ];
  const everywhere = [
    await listenDirectoryChanged({
      ...{ bus, memberships, evictions, userRooms, following },
      connections: registry,
    }),
    await answerGetPresence(bus, presence),
    await answerGetWatchers(bus, watching),
  ];
  return {
    closePartitions: () => closeAll(partitions),
    close: () => closeAll([...partitions, ...everywhere]),
  };
}

async function closeAll(consumers: readonly Consumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.close()));
}

import type { Change } from '@parley/contracts';
import type { Backplane } from '../backplane/backplane.ts';
import type { GatewayContext } from '../context.ts';
import { DirectPeople } from '../membership/direct-people.ts';
import type { Memberships } from '../membership/memberships.ts';
import { announcePassage } from './announce-passage.ts';
import { Announcer } from './announcer.ts';
import { endTyping } from './end-typing.ts';
import { MemoryPresence } from './memory-presence.ts';
import { Presence } from './presence.ts';
import { RedisPresence } from './redis-presence.ts';
import { Typists } from './typists.ts';
import { Watching } from './watching.ts';

interface Deps {
  backplane: Backplane;
  memberships: Memberships;
}

/** Composes the parts that track online users, users in rooms and typing. */
export function createPresence(context: GatewayContext, { backplane, memberships }: Deps) {
  const { bus, config, redis, registry, clock, logger } = context;
  const createStore = (namespace: string) =>
    redis ? new RedisPresence(redis.commands, namespace) : new MemoryPresence(clock);
  const leases = { leaseMs: config.PRESENCE_LEASE, graceMs: config.PRESENCE_GRACE, clock, logger };
  const store = createStore(config.NAMESPACE);
  const announcer = new Announcer({ bus, store, backplane, clock, logger });
  const presence = new Presence({ ...leases, store, announcer });
  redis?.commands.on('ready', () => presence.storeIsBack());
  const watching = new Watching({
    ...leases,
    store: createStore(`${config.NAMESPACE}:watching`),
    announce: announcePassage({ backplane, memberships, clock }),
  });
  const typists = new Typists({
    people: new DirectPeople(bus),
    connectionsOf: (userId) => registry.ofUser(userId),
    backplane,
    clock,
    logger,
  });
  const changed = (change: Change) => endTyping({ typists, connections: registry }, change);
  return { presence, watching, typists, changed };
}

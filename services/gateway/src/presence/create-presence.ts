import type { Change } from '@parley/contracts';
import { pingTimeoutMs } from '../config.ts';
import type { GatewayContext } from '../context.ts';
import { DirectPeople } from '../membership/direct-people.ts';
import { announcePassage } from './announce-passage.ts';
import { Announcer } from './announcer.ts';
import { MemoryHeldPresence } from './memory-held-presence.ts';
import { MemoryPresence } from './memory-presence.ts';
import { MissedPeriods } from './missed-periods.ts';
import { Presence } from './presence.ts';
import type { PresenceContext } from './presence-context.ts';
import { RedisHeldPresence } from './redis-held-presence.ts';
import { RedisPresence } from './redis-presence.ts';
import { SignalRate } from './signal-rate.ts';
import { Typists } from './typists.ts';
import { Watching } from './watching.ts';

type Deps = Pick<PresenceContext, 'backplane' | 'memberships' | 'blocks'>;

/** Tracks online users, users in rooms and typing. */
export function createPresence(gateway: GatewayContext, deps: Deps) {
  const { bus, config, redis, clock, logger, registry } = gateway;
  const signalRate = new SignalRate(
    { ofUser: config.SIGNAL_RATE, ofRoom: config.ROOM_SIGNAL_RATE, upTo: config.RECEIPTS_UP_TO },
    { redis: redis?.commands, namespace: config.NAMESPACE },
  );
  const context: PresenceContext = { ...gateway, ...deps, signalRate };
  const leases = { leaseMs: config.PRESENCE_LEASE, graceMs: config.PRESENCE_GRACE, clock, logger };
  const store = redis ? new RedisPresence(redis.commands, config.NAMESPACE) : new MemoryPresence(clock);
  const presence = new Presence({ ...leases, store, announcer: new Announcer({ ...context, store }) });
  redis?.commands.on('ready', () => presence.storeIsBack());
  const typists = new Typists({ ...context, people: new DirectPeople(bus) });
  const missed = new MissedPeriods(context);
  const watching = new Watching({
    ...leases,
    store: redis
      ? new RedisHeldPresence(redis.commands, `${config.NAMESPACE}:watching`)
      : new MemoryHeldPresence(clock),
    signalRate,
    connectionsOf: (userId) => registry.ofUser(userId),
    announce: (passage) => announcePassage(context, passage),
    onStop: (connection, roomId) => typists.end(connection, roomId),
    onMissed: (periods) => missed.report(periods),
    maxRooms: config.PRESENCE_ROOMS,
    maxSilenceMs: config.PING_INTERVAL + Math.max(config.PING_INTERVAL, pingTimeoutMs),
  });
  const changed = (change: Change) => {
    if (change.kind === 'message.created') typists.endAll(change.message.userId, change.roomId);
  };
  const stop = () => {
    presence.stop();
    watching.close();
    missed.stop();
  };
  return { presence, watching, typists, changed, stop };
}

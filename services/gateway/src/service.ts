import { homeRouter } from '@parley/http';
import type { Infrastructure, Service } from '@parley/service';
import { Submitter } from '@parley/timeline';
import type { GatewayConfig } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';
import { createContext } from './context.ts';
import { createBackplane } from './create-backplane.ts';
import { createDelivery } from './delivery/create-delivery.ts';
import { asyncApiDocument } from './dialects/async-api.ts';
import { Blocks } from './membership/blocks.ts';
import { createMembership } from './membership/create-membership.ts';
import { Memberships } from './membership/memberships.ts';
import { UserRooms } from './membership/user-rooms.ts';
import { createPresence } from './presence/create-presence.ts';
import { createProtocol } from './protocol/create-protocol.ts';
import { SubscriptionTable } from './subscriptions/subscription-table.ts';
import { Connections } from './transports/connections.ts';
import { createTransports } from './transports/create-transports.ts';
import { drain } from './transports/drain.ts';
import { createSocketIo } from './transports/socket-io-gate.ts';

export { type GatewayConfig, gatewayConfig } from './config.ts';

/** The share of the stop timeout over which connections may be closed. */
const windowShare = 0.8;

export async function createService(config: GatewayConfig, infrastructure: Infrastructure): Promise<Service> {
  const context = await createContext(config, infrastructure);
  const { bus, metrics, redis, registry } = context;
  const io = createSocketIo(config, () => !registry.refusing);
  const backplane = createBackplane(context, io);
  const rooms = new SubscriptionTable(backplane);
  const memberships = new Memberships(bus);
  const blocks = new Blocks(bus);
  const userRooms = new UserRooms({ bus, memberships, maxRooms: config.MAX_ROOMS_PER_CONNECTION });
  const people = createPresence(context, { backplane, memberships, blocks });
  const membersHere = (roomId: string) =>
    [...userRooms.membersHere(roomId)].flatMap((userId) => registry.ofUser(userId));
  const delivery = createDelivery(context, { backplane, rooms, watching: people.watching, membersHere });
  const { subscriptions, received: changes } = delivery;
  const submitter = await Submitter.start({ ...context, timeoutMs: config.SUBMIT_TIMEOUT, changes });
  const membership = createMembership(context, { rooms, subscriptions, memberships, blocks, userRooms });
  delivery.onChange((change) => {
    membership.changed(change);
    people.changed(change);
    submitter.seen(change);
  });
  const shared = { ...membership.context, ...people, backplane };
  const connections = new Connections(shared);
  const protocol = createProtocol(context, {
    ...shared,
    submitter,
    exclusions: delivery.exclusions,
    renewToken: (connection, token) => connections.renew(connection, token),
  });
  const transports = createTransports(context, { io, connections, protocol });
  metrics.watch({
    connections: () => registry.all(),
    pendingSubmissions: () => submitter.pending,
    redis: () => redis?.connected() ?? {},
    forwards: () => transports.forwarding?.inFlight ?? {},
  });
  const consumers = await createConsumers({ ...shared, receive: delivery.receive });

  return {
    name: 'gateway',
    routes: [],
    // Redis is not checked: without it the gateway still serves its own connections.
    checks: { bus: () => bus.ping() },
    site: { router: homeRouter() },
    asyncApi: (version) => asyncApiDocument(version, config.PUBLIC_PATH),
    attach: (server) => transports.attach(server),
    drain: async (withinMs) => {
      const windowMs = Math.min(config.DRAIN_WINDOW, withinMs * windowShare);
      const { inFlight } = protocol;
      const drained = drain({ registry, inFlight, windowMs, answerMs: withinMs - windowMs });
      // Others take over the partitions. A single gateway keeps them while it has connections.
      if (redis) await consumers.closePartitions();
      await Promise.all([drained, transports.forwarding?.drain(windowMs)]);
      await transports.forwarding?.leave();
      transports.close();
    },
    stop: async () => {
      membership.stop();
      transports.forwarding?.close();
      await consumers.close();
      await submitter.close();
      people.stop();
      delivery.stop();
      await backplane.close();
    },
  };
}

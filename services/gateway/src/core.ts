import type { Infrastructure } from '@parley/service';
import { Submitter } from '@parley/timeline';
import type { GatewayConfig } from './config.ts';
import { createConsumers } from './consumers/create-consumers.ts';
import { createContext } from './context.ts';
import { createBackplane } from './create-backplane.ts';
import { createDelivery } from './delivery/create-delivery.ts';
import { Blocks } from './membership/blocks.ts';
import { createMembership } from './membership/create-membership.ts';
import { Memberships } from './membership/memberships.ts';
import { UserRooms } from './membership/user-rooms.ts';
import { createPresence } from './presence/create-presence.ts';
import { RoomCounts } from './presence/room-counts.ts';
import { createProtocol } from './protocol/create-protocol.ts';
import { SubscriptionTable } from './subscriptions/subscription-table.ts';
import { Connections } from './transports/connections.ts';
import { createSocketIo } from './transports/socket-io-gate.ts';

export { LiveConnection } from './connections/live-connection.ts';
export type { Pipe } from './connections/pipe.ts';

export type Core = Awaited<ReturnType<typeof createCore>>;

/** The gateway without its transports. A simulation opens connections without sockets on it. */
export async function createCore(config: GatewayConfig, infrastructure: Infrastructure) {
  const context = await createContext(config, infrastructure);
  const { bus, registry } = context;
  const io = createSocketIo(config, () => !registry.refusing);
  const backplane = createBackplane(context, io);
  const rooms = new SubscriptionTable(backplane);
  const memberships = new Memberships(bus);
  const blocks = new Blocks(bus);
  const userRooms = new UserRooms({
    bus,
    memberships,
    maxRooms: config.MAX_ROOMS_PER_CONNECTION,
    smallUpTo: config.RECEIPTS_UP_TO,
  });
  const people = createPresence(context, { backplane, memberships, blocks });
  const membersHere = (roomId: string) =>
    userRooms.membersHere(roomId).flatMap((userId) => registry.ofUser(userId));
  const delivery = createDelivery(context, { backplane, rooms, watching: people.watching, membersHere });
  const { subscriptions, received: changes } = delivery;
  const counts = new RoomCounts({ ...context, rooms, subscriptions, userRooms });
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
  await delivery.ready;
  const consumers = await createConsumers({
    ...shared,
    receive: delivery.receive,
    recheck: membership.recheck,
  });
  return {
    io,
    context,
    connections,
    protocol,
    consumers,
    submitter,
    stop: async () => {
      membership.stop();
      await consumers.close();
      await submitter.close();
      people.stop();
      counts.stop();
      delivery.stop();
      await backplane.close();
    },
  };
}

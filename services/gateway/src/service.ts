import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Infrastructure, Service } from '@parley/http';
import { Submitter } from '@parley/timeline';
import type { GatewayConfig } from './config.ts';
import { listenDirectoryChanged } from './consumers/directory-changed.ts';
import { consumeNotificationCreated } from './consumers/notification-created.ts';
import { consumeTimelineChanged } from './consumers/timeline-changed.ts';
import { Hearing } from './delivery/hearing.ts';
import { LocalDelivery } from './delivery/local-delivery.ts';
import { LocalFleet } from './delivery/local-fleet.ts';
import { RedisFleet } from './delivery/redis-fleet.ts';
import { RoomTable } from './delivery/room-table.ts';
import { Sequencer } from './delivery/sequencer.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { DirectPeople } from './membership/direct-people.ts';
import { Evictions } from './membership/evictions.ts';
import { Memberships } from './membership/memberships.ts';
import { recheckHearers } from './membership/recheck-hearers.ts';
import { Announcer } from './presence/announcer.ts';
import { MemoryPresence } from './presence/memory-presence.ts';
import { Presence } from './presence/presence.ts';
import { RedisPresence } from './presence/redis-presence.ts';
import { deleteMessage } from './protocol/delete-message.ts';
import { Dispatcher } from './protocol/dispatcher.ts';
import { editMessage } from './protocol/edit-message.ts';
import { EventRate } from './protocol/event-rate.ts';
import { getRoomUsers } from './protocol/get-room-users.ts';
import { joinRoom } from './protocol/join-room.ts';
import { leaveRoom } from './protocol/leave-room.ts';
import { messageRead } from './protocol/message-read.ts';
import { reactMessage } from './protocol/react-message.ts';
import { sendMessage } from './protocol/send-message.ts';
import { typing } from './protocol/typing.ts';
import { Writes } from './protocol/writes.ts';
import { connectRedis } from './redis/connect-redis.ts';
import { Connections } from './sockets/connections.ts';
import { createSocketIo, SocketIoGate } from './sockets/socket-io-gate.ts';

export { type GatewayConfig, gatewayConfig } from './config.ts';

/** The gateway: client connections, and what is said to them. */
export async function createService(config: GatewayConfig, infrastructure: Infrastructure): Promise<Service> {
  const { bus, clock, logger, newId, verifier } = infrastructure;
  const submitter = await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT });
  const metrics = new GatewayMetrics(infrastructure.metrics);

  // The road between gateways, and what is on this side of it.
  const io = createSocketIo({ transports: config.SOCKET_TRANSPORTS, corsOrigins: config.CORS_ORIGINS });
  const redis = config.REDIS_URL ? await connectRedis(config.REDIS_URL, logger) : undefined;
  const namespace = config.NAMESPACE;
  const fleet = redis ? new RedisFleet({ io, redis, namespace, metrics, logger }) : new LocalFleet();
  const rooms = new RoomTable(fleet);
  const delivery = new LocalDelivery({ rooms, metrics, clock });
  const sequencer = new Sequencer({
    handOn: (key, change) => delivery.change(key, change),
    getChanges: (question) => ask(bus, calls.getChanges, question),
    metrics,
    logger,
  });
  rooms.onUnheard((key) => sequencer.close(key));
  fleet.onMessage((keys, message) => {
    const [key = ''] = keys;
    if ('changes' in message) sequencer.accept(key, message.changes);
    else if ('head' in message) sequencer.expect(key, message.head.roomId, message.head.seq);
    else delivery.event(keys, message);
  });
  fleet.onRecovered(() => void sequencer.checkAll());

  // People: who is there, who belongs where.
  const store = redis ? new RedisPresence(redis.commands, namespace) : new MemoryPresence(clock);
  const announcer = new Announcer({ bus, store, fleet, clock, logger });
  const presence = new Presence({ store, announcer, leaseMs: config.PRESENCE_LEASE, graceMs: config.PRESENCE_GRACE, clock, logger });
  const connections = new Connections({ verifier, rooms, presence, maxPerUser: config.MAX_CONNECTIONS_PER_USER, clock });
  const memberships = new Memberships(bus);
  const evictions = new Evictions({ rooms, connections });
  const stopping = new AbortController();
  bus.onRecovered(() => {
    memberships.clear();
    void recheckHearers({ bus, rooms, evictions, logger }, stopping.signal);
  });

  // What clients may say.
  const hearing = new Hearing({ rooms, sequencer, maxRooms: config.MAX_ROOMS_PER_CONNECTION });
  const writes = new Writes({ memberships, submitter });
  const dispatcher = new Dispatcher({
    handlers: [
      joinRoom({ memberships, hearing }),
      leaveRoom({ hearing, fleet, clock }),
      sendMessage(writes),
      editMessage(writes),
      deleteMessage(writes),
      reactMessage(writes),
      messageRead(writes),
      typing({ memberships, people: new DirectPeople(bus), fleet, clock }),
      getRoomUsers({ memberships, presence, bus }),
    ],
    rate: new EventRate(config.SOCKET_EVENT_RATE, clock),
    metrics,
    logger,
  });
  const gate = new SocketIoGate({ io, connections, dispatcher, logger });
  metrics.watch({ connections: () => connections.size, pendingSubmissions: () => submitter.pending });

  const consumers = [
    await listenDirectoryChanged({ bus, memberships, evictions, connections }),
    await consumeTimelineChanged(bus, fleet),
    await consumeNotificationCreated(bus, fleet),
  ];

  return {
    name: 'gateway',
    routes: [],
    checks: {
      // Without Redis a gateway still serves its own connections, and fills in what came from others when it is back.
      bus: () => {
        if (!bus.connected) throw new AppError('unavailable');
      },
    },
    attach: (server) => gate.attach(server),
    drain: async () => {
      connections.drain();
      gate.close();
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await submitter.close();
      presence.stop();
      sequencer.closeAll();
      await fleet.close();
    },
  };
}

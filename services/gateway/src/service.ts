import { ask, type Consumer } from '@parley/bus';
import { type Change, calls } from '@parley/contracts';
import type { Infrastructure, Service } from '@parley/http';
import { maximum, nameRate } from '@parley/runtime';
import { Submitter, Writes } from '@parley/timeline';
import { MemoryBackplane } from './backplane/memory-backplane.ts';
import { connectRedis } from './backplane/redis/connect-redis.ts';
import { RedisBackplane } from './backplane/redis-backplane.ts';
import { TracedBackplane } from './backplane/traced-backplane.ts';
import { answerGetPresence } from './calls/get-presence.ts';
import { answerGetWatchers } from './calls/get-watchers.ts';
import type { GatewayConfig } from './config.ts';
import type { Connection } from './connections/connection.ts';
import { listenDirectoryChanged } from './consumers/directory-changed.ts';
import { consumeNotificationCreated } from './consumers/notification-created.ts';
import { consumeTimelineChanged } from './consumers/timeline-changed.ts';
import { Following } from './delivery/following.ts';
import { HeadCheck } from './delivery/head-check.ts';
import { LocalDelivery } from './delivery/local-delivery.ts';
import { SenderExclusions } from './delivery/sender-exclusions.ts';
import { Sequencer } from './delivery/sequencer.ts';
import { Subscriptions } from './delivery/subscriptions.ts';
import { tracedDelivery } from './delivery/traced-delivery.ts';
import { asyncApiDocument } from './dialects/async-api.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { applyDeparture } from './membership/apply-departure.ts';
import { DirectPeople } from './membership/direct-people.ts';
import { DirectRooms } from './membership/direct-rooms.ts';
import { Evictions } from './membership/evictions.ts';
import { Memberships } from './membership/memberships.ts';
import { recheckSubscribers } from './membership/recheck-subscribers.ts';
import { UserRooms } from './membership/user-rooms.ts';
import { announcePassage } from './presence/announce-passage.ts';
import { Announcer } from './presence/announcer.ts';
import { endTyping } from './presence/end-typing.ts';
import { MemoryPresence } from './presence/memory-presence.ts';
import { Presence } from './presence/presence.ts';
import { RedisPresence } from './presence/redis-presence.ts';
import { Typists } from './presence/typists.ts';
import { Watching } from './presence/watching.ts';
import { createChatRoom } from './protocol/create-chat-room.ts';
import { deleteMessage } from './protocol/delete-message.ts';
import { Dispatcher } from './protocol/dispatcher.ts';
import { editMessage } from './protocol/edit-message.ts';
import { enterRoom } from './protocol/enter-room.ts';
import { EventRate } from './protocol/event-rate.ts';
import { getRoomUsers } from './protocol/get-room-users.ts';
import { InFlight } from './protocol/in-flight.ts';
import { joinRoom } from './protocol/join-room.ts';
import { joinRooms } from './protocol/join-rooms.ts';
import { leaveRoom } from './protocol/leave-room.ts';
import { messageRead } from './protocol/message-read.ts';
import { reactMessage } from './protocol/react-message.ts';
import { refreshToken } from './protocol/refresh-token.ts';
import { resume } from './protocol/resume.ts';
import { sendMessage } from './protocol/send-message.ts';
import { typing } from './protocol/typing.ts';
import { userKey } from './subscriptions/keys.ts';
import { SubscriptionTable } from './subscriptions/subscription-table.ts';
import { Connections } from './transports/connections.ts';
import { drain } from './transports/drain.ts';
import { Forwarding } from './transports/forwarding/forwarding.ts';
import { newGatewayId } from './transports/forwarding/session-id.ts';
import { refuseClients } from './transports/refuse-clients.ts';
import { createSocketIo, pingTimeoutMs, SocketIoGate } from './transports/socket-io-gate.ts';
import { TokenWatch } from './transports/token-watch.ts';
import { WebSocketGate } from './transports/web-socket-gate.ts';

export { type GatewayConfig, gatewayConfig } from './config.ts';

/** So many times the rate of events is taken for an attack. */
const floodFactor = 10;
/** Of the time for stopping, the closing of connections may be spread over this part. */
const windowShare = 0.8;

/** An answer from another gateway, beyond the time that a poll may wait there, takes at most this long. */
const forwardMarginMs = 5_000;

/** The gateway: client connections, and what is said to them. */
export async function createService(config: GatewayConfig, infrastructure: Infrastructure): Promise<Service> {
  const { bus, clock, logger, newId, tracing, verifier } = infrastructure;
  const submitter = await Submitter.start({ bus, newId, clock, timeoutMs: config.SUBMIT_TIMEOUT, tracing });
  const metrics = new GatewayMetrics(infrastructure.metrics);

  // The road between gateways, and what is on this side of it.
  const io = createSocketIo({
    transports: config.SOCKET_TRANSPORTS,
    corsOrigins: config.CORS_ORIGINS,
    pingEveryMs: config.PING_INTERVAL,
    takesMore: () => !connections.refusing,
  });
  const redis = config.REDIS_URL ? await connectRedis(config.REDIS_URL, logger) : undefined;
  const namespace = config.NAMESPACE;
  const backplaneProxy = redis
    ? new RedisBackplane({ io, redis, namespace, metrics, logger })
    : new MemoryBackplane();
  const backplane = tracing ? new TracedBackplane(backplaneProxy, tracing, clock) : backplaneProxy;
  const rooms = new SubscriptionTable(backplane);
  const exclusions = new SenderExclusions();
  const delivery = new LocalDelivery({
    rooms,
    sees: (connection, roomId) => subscriptions.sees(connection, roomId),
    membersHere: (roomId) =>
      [...userRooms.membersHere(roomId)].flatMap((userId) => connections.ofUser(userId)),
    exclusions,
    metrics,
    clock,
  });
  const deliver = tracing
    ? tracedDelivery({ tracing, delivery, rooms, clock })
    : (key: string, change: Change) => delivery.change(key, change);
  const sequencer = new Sequencer({
    deliver: (key, change) => {
      if (change.kind === 'member.left') void applyDeparture({ memberships, evictions, connections }, change);
      endTyping({ typists, connections }, change);
      deliver(key, change);
    },
    isSubscribed: (key) => rooms.at(key).size > 0,
    getChanges: (question) => ask(bus, calls.getChanges, question),
    metrics,
    logger,
  });
  rooms.onUnsubscribed((key) => sequencer.close(key));
  backplane.onMessage((keys, message) => {
    const [key = ''] = keys;
    if ('changes' in message) sequencer.accept(key, message.changes);
    else if ('head' in message) sequencer.expect(key, message.head);
    else delivery.event(keys, message);
  });
  const headCheck = new HeadCheck({
    getHeads: (question) => ask(bus, calls.getHeads, question),
    sequencer,
    keys: () => rooms.keys(),
    everyMs: config.HEAD_CHECK,
    logger,
  });
  backplane.onRecovered(() => void headCheck.check());
  void headCheck.run();

  // People: who is there, who belongs where.
  const store = redis ? new RedisPresence(redis.commands, namespace) : new MemoryPresence(clock);
  const announcer = new Announcer({ bus, store, backplane, clock, logger });
  const presence = new Presence({
    store,
    announcer,
    leaseMs: config.PRESENCE_LEASE,
    graceMs: config.PRESENCE_GRACE,
    clock,
    logger,
  });
  redis?.commands.on('ready', () => presence.storeIsBack());
  const watched = redis
    ? new RedisPresence(redis.commands, `${namespace}:watching`)
    : new MemoryPresence(clock);
  const memberships = new Memberships(bus);
  const watching = new Watching({
    store: watched,
    leaseMs: config.PRESENCE_LEASE,
    graceMs: config.PRESENCE_GRACE,
    clock,
    logger,
    announce: announcePassage({ backplane, memberships, clock }),
  });
  const typists = new Typists({
    people: new DirectPeople(bus),
    connectionsOf: (userId) => connections.ofUser(userId),
    backplane,
    clock,
    logger,
  });
  const tokens = new TokenWatch({ clock, warningMs: config.TOKEN_WARNING });
  const maxRooms = maximum(
    'MAX_ROOMS_PER_CONNECTION',
    config.MAX_ROOMS_PER_CONNECTION,
    'rooms per connection',
  );
  const subscriptions = new Subscriptions({ rooms, sequencer, watching, maxRooms });
  const userRooms = new UserRooms({ bus, memberships });
  const isOpen = (connection: Connection) =>
    rooms.isSubscribed(connection, userKey(connection.caller.userId));
  const following = new Following({ subscriptions, userRooms, isOpen, logger });
  const connections = new Connections({
    ...{ verifier, tokens, rooms, presence, watching },
    prepare: (connection) => following.opened(connection),
    onClosed: (connection, isLast) => {
      typists.closed(connection);
      if (isLast) userRooms.forget(connection.caller.userId);
    },
    maxPerUser: maximum(
      'MAX_CONNECTIONS_PER_USER',
      config.MAX_CONNECTIONS_PER_USER,
      'connections per user and gateway',
    ),
  });
  const evictions = new Evictions({ rooms, subscriptions, connections });
  const stopping = new AbortController();
  bus.onRecovered(() => {
    memberships.clear();
    void following.refresh(connections.all());
    void recheckSubscribers({ bus, rooms, evictions, logger }, stopping.signal);
  });

  // What clients may say.
  const rate = new EventRate(config.SOCKET_EVENT_RATE, clock);
  const inFlight = new InFlight(
    maximum('MAX_EVENTS_IN_FLIGHT', config.MAX_EVENTS_IN_FLIGHT, 'unanswered events per connection'),
  );
  const writes = new Writes(submitter, { admit: (roomId, caller) => memberships.require(roomId, caller) });
  const dispatcher = new Dispatcher({
    handlers: [
      joinRoom({ memberships, subscriptions }),
      joinRooms(following),
      enterRoom({ bus, memberships, subscriptions, clock }),
      resume({ bus, memberships, subscriptions }),
      leaveRoom({ subscriptions, typists }),
      createChatRoom({ bus, newId }),
      sendMessage({ writes, directRooms: new DirectRooms(bus), typists, exclusions, newId }),
      editMessage(writes),
      deleteMessage(writes),
      reactMessage({ writes, memberships, bus }),
      messageRead(writes),
      typing({ memberships, typists }),
      refreshToken(connections),
      getRoomUsers({ memberships, presence, bus }),
    ],
    rate,
    rateName: nameRate('SOCKET_EVENT_RATE', config.SOCKET_EVENT_RATE, ['connection']),
    inFlight,
    dialectChanged: (connection) => void following.opened(connection),
    metrics,
    tracing,
    logger,
  });
  const edge = {
    connections,
    dispatcher,
    flood: rate.times(floodFactor),
    outgoing: { maxBytes: config.MAX_SEND_BUFFER, metrics },
    metrics,
    logger,
  };
  const gatewayId = newGatewayId();
  const forwarding =
    redis &&
    new Forwarding({
      redis: redis.commands,
      namespace,
      gatewayId,
      address: config.GATEWAY_ADDRESS,
      leaseMs: config.PRESENCE_LEASE,
      maxForwards: config.MAX_FORWARDS,
      answerWithinMs: config.PING_INTERVAL + pingTimeoutMs + forwardMarginMs,
      metrics,
      clock,
      logger,
    });
  const gate = new SocketIoGate({
    ...edge,
    io,
    gatewayId,
    pollTimeoutMs: config.POLL_TIMEOUT,
    middlewares: [refuseClients(config.SOCKET_TRANSPORTS), ...(forwarding ? [forwarding.middleware] : [])],
  });
  const webSockets = new WebSocketGate({
    ...edge,
    isElsewhere: (path) => path.startsWith(`${io.path()}/`),
    pingEveryMs: config.PING_INTERVAL,
    newId,
  });
  metrics.watch({
    connections: () => connections.all(),
    pendingSubmissions: () => submitter.pending,
    redis: () => redis?.connected() ?? {},
    forwards: () => forwarding?.inFlight ?? {},
  });

  /** What of the whole fleet one gateway does. */
  const partitions = [
    await consumeTimelineChanged(bus, backplane),
    await consumeNotificationCreated(bus, backplane),
  ];
  const consumers = [
    await listenDirectoryChanged({ bus, memberships, evictions, connections, userRooms, following }),
    await answerGetPresence(bus, presence),
    await answerGetWatchers(bus, watching),
  ];

  return {
    name: 'gateway',
    routes: [],
    checks: {
      // Without Redis a gateway still serves its own connections, and fills in what came from others when it is back.
      bus: () => bus.ping(),
    },
    asyncApi: (version) => asyncApiDocument(dispatcher.events, version, config.PUBLIC_PATH),
    attach: (server) => {
      forwarding?.attach(server);
      gate.attach(server);
      webSockets.attach(server);
    },
    drain: async (withinMs) => {
      const windowMs = Math.min(config.DRAIN_WINDOW, withinMs * windowShare);
      const gone = drain({ connections, inFlight, windowMs, answerMs: withinMs - windowMs });
      // Another gateway reads them from now on, and reaches our connections by the fleet. On its own this one reads on for as long as it has any.
      if (redis) await closeAll(partitions);
      await Promise.all([gone, forwarding?.drain(windowMs)]);
      await forwarding?.leave();
      gate.close();
      webSockets.close();
    },
    stop: async () => {
      stopping.abort();
      forwarding?.close();
      headCheck.stop();
      await closeAll([...partitions, ...consumers]);
      await submitter.close();
      presence.stop();
      watching.close();
      sequencer.closeAll();
      await backplane.close();
    },
  };
}

async function closeAll(consumers: readonly Consumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.close()));
}

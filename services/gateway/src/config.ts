import { commonSettings, duration, integer, list, nodeUrls, rate } from '@parley/runtime';
import { z } from 'zod';
import { isGatewayAddress } from './transports/forwarding/gateway-address.ts';
import { transportNames } from './transports/refuse-clients.ts';

/** A Socket.IO client that has not answered a ping for this long is gone. */
export const pingTimeoutMs = 20_000;

export const gatewayConfig = z.object({
  ...commonSettings,
  PORT: integer(3005, 0, 65_535),
  /**
   * Redis, or several nodes of a Redis Cluster. Connects the gateways and stores presence. Absent:
   * a single gateway.
   */
  REDIS_URL: nodeUrls(/^rediss?$/).optional(),
  /** The transports that Socket.IO clients may use. */
  SOCKET_TRANSPORTS: list('polling,websocket').pipe(z.array(z.enum(transportNames)).min(1)),
  /**
   * The address at which other gateways reach this one: `host` or `host:port`.
   * @default the machine's own address and the port that it listens on
   */
  GATEWAY_ADDRESS: z.string().refine(isGatewayAddress, 'write a host, or host:port').optional(),
  /**
   * Maximum requests and upgraded connections forwarded to other gateways at a time. More are
   * refused with `unavailable`.
   */
  MAX_FORWARDS: integer(10_000, 1, 1_000_000),
  /**
   * How many connections are opened, as a burst and then at that pace. Further ones wait for up to
   * 5 s, at most half of them from one network. Beyond that, they are refused with the time to come
   * back.
   */
  HANDSHAKE_RATE: rate('200/s'),
  /**
   * How often connections are pinged. A client has until the next ping to answer, and at least 20 s
   * over Socket.IO. See `Heartbeat`.
   */
  PING_INTERVAL: duration('25s'),
  /**
   * A poll is answered after this time even without data. A client that does not poll again within
   * the same time is gone. A user whose client could not close its session is therefore offline
   * after twice this time and PRESENCE_GRACE.
   */
  POLL_TIMEOUT: duration('10s'),
  /**
   * Events per connection; more are refused. A client beyond ten times the rate is closed as
   * `flooding`.
   */
  SOCKET_EVENT_RATE: rate('50/s'),
  /**
   * How often a user is announced to the others in a room, by all gateways together: that they
   * type, and that they came. Beyond it, both take effect unannounced. Messages, edits and
   * reactions have MESSAGE_RATE, because typing must not use up the messages that a contract
   * promises.
   */
  SIGNAL_RATE: rate('20/10s'),
  /**
   * Rooms with more members receive counts of members online instead of statuses, and announce
   * typing, coming and going as often as ROOM_SIGNAL_RATE allows; with more than ten times as many,
   * never. For receipts, see messages.
   */
  RECEIPTS_UP_TO: integer(100, 0, 100_000),
  /**
   * How often users are announced in a room of more than RECEIPTS_UP_TO members, by all gateways
   * and of all users together. Beyond it, typing and coming take effect unannounced.
   */
  ROOM_SIGNAL_RATE: rate('10/s'),
  /** Events in flight per connection; more are refused. */
  MAX_EVENTS_IN_FLIGHT: integer(500, 1, 100_000),
  /**
   * Bytes that may wait unsent on one connection before it is closed as `slow`. Typing and presence
   * are dropped from a quarter of it on.
   */
  MAX_SEND_BUFFER: integer(1_048_576, 16_384, 1_073_741_824),
  /** How long before its token expires a connection is warned. 0s: no warning. */
  TOKEN_WARNING: duration('60s'),
  /**
   * The time over which a stopping gateway closes its connections. Limited to four fifths of
   * SHUTDOWN_TIMEOUT, so that the last events can be answered. Use 0s (all at once) if no other
   * gateway can take them.
   */
  DRAIN_WINDOW: duration('10s'),
  MAX_ROOMS_PER_CONNECTION: integer(500, 1, 100_000),
  /**
   * Of this gateway. Beyond it, new connections are refused with `unavailable`, so that clients try
   * again and reach another gateway.
   */
  MAX_CONNECTIONS: integer(100_000, 1, 1_000_000),
  /** Per gateway. */
  MAX_CONNECTIONS_PER_USER: integer(50, 1, 100_000),
  /** How long a connection counts as present after its gateway's last renewal. */
  PRESENCE_LEASE: duration('15s'),
  /**
   * How long a user stays online after the last connection closes, so that a reload goes unnoticed.
   */
  PRESENCE_GRACE: duration('5s'),
  /**
   * The rooms that a connection can be in at a time: those that it has joined or used last. The
   * user gets notifications of the others, and has left them in the eyes of their members. The
   * default is that of `MAX_ROOMS_PER_CONNECTION`, because the contract `rooms` knows no such rule.
   */
  PRESENCE_ROOMS: integer(500, 1, 100_000),
  /**
   * The rooms, and as many people, to which a user's coming online and going offline is announced:
   * the rooms joined last. Bounds the size of each announcement.
   */
  PRESENCE_AUDIENCE: integer(100, 1, 500),
  /** How often a gateway compares the heads of its subscribed rooms with the messages service. */
  HEAD_CHECK: duration('30s'),
  /** How long a sender waits for the room's writer. */
  SUBMIT_TIMEOUT: duration('10s'),
});
export type GatewayConfig = z.output<typeof gatewayConfig>;

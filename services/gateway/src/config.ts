import { commonSettings, duration, integer, list, nodeUrls, rate } from '@parley/runtime';
import { z } from 'zod';
import { isGatewayAddress } from './transports/forwarding/gateway-address.ts';
import { transportNames } from './transports/refuse-clients.ts';

export const gatewayConfig = z.object({
  ...commonSettings,
  PORT: integer(3005, 0, 65_535),
  /** Redis, or several nodes of a Redis Cluster: joins the gateways of a fleet, and keeps presence. Absent: there is only this one. */
  REDIS_URL: nodeUrls(/^rediss?$/).optional(),
  /** The transports that Socket.IO clients may use. */
  SOCKET_TRANSPORTS: list('polling,websocket').pipe(z.array(z.enum(transportNames)).min(1)),
  /** Where the other gateways reach this one: `host` or `host:port`. @default the machine's own address, and the port that it listens on */
  GATEWAY_ADDRESS: z.string().refine(isGatewayAddress, 'write a host, or host:port').optional(),
  /** Requests and upgraded connections that this gateway forwards to others at a time; more are refused for a moment. */
  MAX_FORWARDS: integer(10_000, 1, 1_000_000),
  /** How often connections are pinged; a plain WebSocket that has not answered by the next ping is closed, one of Socket.IO after another 20 s. */
  PING_INTERVAL: duration('25s'),
  /**
   * A poll is answered after this time even if there is nothing to send. A client that does not poll
   * again within the same time has gone. So a user whose client could not close its session is
   * offline after twice this time and PRESENCE_GRACE.
   */
  POLL_TIMEOUT: duration('10s'),
  /** Events of one connection; more are refused. A client that goes on at ten times the rate is closed as `flooding`. */
  SOCKET_EVENT_RATE: rate('50/s'),
  /** Events of one connection that wait for their answer; more are refused. */
  MAX_EVENTS_IN_FLIGHT: integer(500, 1, 100_000),
  /** Bytes that may wait unsent on one connection before it is closed as `slow`. From a quarter of that on, typing and presence are not sent to it. */
  MAX_SEND_BUFFER: integer(1_048_576, 16_384, 1_073_741_824),
  /** How long before a token expires its connection is told; 0s: it is not told. */
  TOKEN_WARNING: duration('60s'),
  /**
   * Over this time a gateway that is told to stop spreads the closing of its connections; at most four fifths of SHUTDOWN_TIMEOUT, so that the last can still
   * be answered. 0s: all at once, which is right where no other gateway could take them.
   */
  DRAIN_WINDOW: duration('10s'),
  MAX_ROOMS_PER_CONNECTION: integer(500, 1, 100_000),
  /** To one replica. */
  MAX_CONNECTIONS_PER_USER: integer(50, 1, 100_000),
  /** How long a connection counts as present after its gateway was last heard of. */
  PRESENCE_LEASE: duration('15s'),
  /** How long a user stays present after the last connection has closed, so that a reload is not seen. */
  PRESENCE_GRACE: duration('5s'),
  /** How often a gateway looks whether the rooms heard by its connections have come further than it knows. */
  HEAD_CHECK: duration('30s'),
  /** How long a sender waits for the room's writer. */
  SUBMIT_TIMEOUT: duration('10s'),
});
export type GatewayConfig = z.output<typeof gatewayConfig>;

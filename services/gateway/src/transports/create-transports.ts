import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import { pingTimeoutMs } from '../config.ts';
import type { GatewayContext } from '../context.ts';
import type { Protocol } from '../protocol/create-protocol.ts';
import { Admission } from './admission.ts';
import { admitHandshakes } from './admit-handshakes.ts';
import type { Connections } from './connections.ts';
import { Forwarding } from './forwarding/forwarding.ts';
import { newGatewayId } from './forwarding/session-id.ts';
import { refuseClients } from './refuse-clients.ts';
import { SocketIoGate } from './socket-io-gate.ts';
import { WebSocketGate } from './web-socket-gate.ts';

/** Time for the owner's answer, in addition to the time that a poll may wait there. */
const forwardMarginMs = 5_000;

interface Deps {
  io: Server;
  connections: Connections;
  protocol: Protocol;
}

export interface Transports {
  /** Undefined for a single gateway. */
  forwarding: Forwarding | undefined;
  attach(server: HttpServer): void;
  close(): void;
}

/** Accepts Socket.IO and plain WebSocket connections, and forwards those of other gateways. */
export function createTransports(context: GatewayContext, deps: Deps): Transports {
  const { config, redis, metrics, clock, newId, logger, lastRelease } = context;
  const { io, connections, protocol } = deps;
  const outgoing = {
    maxBytes: config.MAX_SEND_BUFFER,
    pingEveryMs: config.PING_INTERVAL,
    clock,
    metrics,
  };
  const shared = { connections, protocol, outgoing, metrics, logger };
  const admission = new Admission({ rate: config.HANDSHAKE_RATE, clock, metrics });
  const gatewayId = newGatewayId();
  const forwarding =
    redis &&
    new Forwarding({
      redis: redis.commands,
      namespace: config.NAMESPACE,
      gatewayId,
      address: config.GATEWAY_ADDRESS,
      leaseMs: config.PRESENCE_LEASE,
      maxForwards: config.MAX_FORWARDS,
      onPeers: (peers) => {
        lastRelease.runsBeside = peers.some(({ receivesStatuses }) => !receivesStatuses);
      },
      answerWithinMs: config.PING_INTERVAL + pingTimeoutMs + forwardMarginMs,
      metrics,
      clock,
      logger,
    });
  const socketIo = new SocketIoGate({
    ...shared,
    io,
    gatewayId,
    clock,
    trustedProxies: config.TRUST_PROXY,
    pollTimeoutMs: config.POLL_TIMEOUT,
    middlewares: [
      refuseClients(config.SOCKET_TRANSPORTS),
      admitHandshakes(admission, config.TRUST_PROXY),
      ...(forwarding ? [forwarding.middleware] : []),
    ],
  });
  const webSockets = new WebSocketGate({
    ...shared,
    admission,
    isElsewhere: (path) => path.startsWith(`${io.path()}/`),
    trustedProxies: config.TRUST_PROXY,
    newId,
  });
  return {
    forwarding,
    attach: (server) => {
      forwarding?.attach(server);
      socketIo.attach(server);
      webSockets.attach(server);
    },
    close: () => {
      socketIo.close();
      webSockets.close();
    },
  };
}

import type { Server as HttpServer } from 'node:http';
import { type CloseReason, requireOwnId } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import { corsOptions } from '@parley/http';
import type { Clock, Logger } from '@parley/runtime';
import { type Namespace, Server, type Socket } from 'socket.io';
import { type GatewayConfig, pingTimeoutMs } from '../config.ts';
import { notificationsNamespace } from '../connections/frame.ts';
import type { Outgoing } from '../connections/live-connection.ts';
import { type Dialect, isDialect } from '../dialects/dialect-table.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Protocol } from '../protocol/create-protocol.ts';
import type { Acknowledge } from '../protocol/dispatch.ts';
import { EventRate } from '../protocol/event-rate.ts';
import { ClosingWebSocketServer } from './closing-web-socket-server.ts';
import type { Connections } from './connections.ts';
import type { EngineMiddleware } from './engine-middleware.ts';
import { attemptRate, EngineSession, type EngineSessionOptions } from './engine-session.ts';
import { markAuthenticated } from './forwarding/authenticated-header.ts';
import { newSessionId } from './forwarding/session-id.ts';
import { watchPolls } from './poll-watch.ts';
import { readToken } from './read-token.ts';
import { transportNames } from './refuse-clients.ts';
import { releaseHandshake, releaseResponse } from './release-handshake.ts';
import { SocketIoConnection } from './socket-io-connection.ts';
import { keepUpgradeHeads } from './upgrade-heads.ts';

/**
 * A longer frame ends its connection. Messages have at most 10,000 characters, so even a client's
 * batch of edits is far below.
 */
const maxFrameBytes = 256 * 1024;

type SocketIoConfig = Pick<GatewayConfig, 'SOCKET_TRANSPORTS' | 'CORS_ORIGINS' | 'PING_INTERVAL'>;

/**
 * Creates a Socket.IO server that does not listen yet. Its rooms are unused; see
 * `SubscriptionTable`.
 * @param accepts whether new transports are accepted; if not, they fail like a network error, so
 * that clients retry
 */
export function createSocketIo(config: SocketIoConfig, accepts: () => boolean): Server {
  return new Server({
    // `refuseClients` refuses the disabled ones.
    transports: [...transportNames],
    allowUpgrades: config.SOCKET_TRANSPORTS.includes('websocket'),
    maxHttpBufferSize: maxFrameBytes,
    pingInterval: config.PING_INTERVAL,
    pingTimeout: pingTimeoutMs,
    wsEngine: ClosingWebSocketServer,
    // Other upgrades may be plain WebSockets.
    destroyUpgrade: false,
    allowRequest: (_request, decide) => decide(accepts() ? null : 'unavailable', accepts()),
    cors: corsOptions(config.CORS_ORIGINS),
  });
}

/** Closes that Engine.IO initiates. */
const ownReasons: Record<string, CloseReason> = {
  'ping timeout': 'heartbeat_lost',
  'parse error': 'protocol_error',
};

/** The errors of a bad token. */
const badTokens: ReadonlySet<ErrorCode> = new Set([
  'unauthenticated',
  'token_expired',
  'session_revoked',
  'identity_mismatch',
]);

type SocketProtocol = Dialect | 'notifications' | undefined;

export interface SocketIoGateOptions {
  io: Server;
  gatewayId: string;
  /** Run before Engine.IO on every request and upgrade. */
  middlewares: readonly EngineMiddleware[];
  connections: Connections;
  protocol: Protocol;
  outgoing: Outgoing;
  /** `TRUST_PROXY` */
  trustedProxies: number;
  /** `POLL_TIMEOUT` */
  pollTimeoutMs: number;
  metrics: Pick<GatewayMetrics, 'closing'>;
  clock: Clock;
  logger: Logger;
}

/**
 * Accepts Socket.IO connections: authenticates and registers them, and passes on their events.
 */
export class SocketIoGate {
  readonly #options: SocketIoGateOptions;
  readonly #sessionOptions: EngineSessionOptions;
  readonly #sessions = new WeakMap<Socket['conn'], EngineSession>();

  constructor(options: SocketIoGateOptions) {
    this.#options = options;
    const { io, connections, protocol, metrics, clock } = options;
    this.#sessionOptions = {
      flood: protocol.flood,
      attempts: new EventRate(attemptRate, clock),
      trustedProxies: options.trustedProxies,
      closed: (connection, reason) => {
        connections.closed(connection, connection.closedByClient(reason));
        const lost = ownReasons[reason];
        if (lost) metrics.closing(lost);
      },
    };
    this.#open(io.of('/'), dialectOf, (socket, connection) => this.#serve(socket, connection));
    this.#open(
      io.of(notificationsNamespace),
      () => 'notifications',
      (socket) => socket.emit('notifications:connected', { status: 'connected' }),
    );
  }

  attach(server: HttpServer): void {
    const { io, gatewayId, middlewares, pollTimeoutMs } = this.#options;
    keepUpgradeHeads(server);
    io.attach(server);
    io.engine.generateId = () => newSessionId(gatewayId);
    // Tells a load balancer where the rest of the session belongs.
    io.engine.on('initial_headers', (headers: Record<string, string>) => {
      headers['Parley-Gateway'] = gatewayId;
    });
    io.engine.on('connection', (conn: Socket['conn']) => {
      this.#sessions.set(conn, new EngineSession(conn, this.#sessionOptions));
    });
    markAuthenticated(io.engine, (conn) => this.#sessions.get(conn)?.hasConnected === true);
    watchPolls(io.engine, pollTimeoutMs);
    io.engine.use(releaseResponse);
    for (const middleware of middlewares) io.engine.use(middleware);
  }

  /** Closes the transports and refuses upgrades. */
  close(): void {
    this.#options.io.engine?.close();
  }

  #open(
    namespace: Namespace,
    dialect: (socket: Socket) => SocketProtocol,
    serve: (socket: Socket, connection: SocketIoConnection) => void,
  ): void {
    const opening = new WeakMap<Socket, SocketIoConnection>();
    namespace.use((socket, next) => {
      this.#admit(socket, dialect(socket)).then(
        (connection) => {
          opening.set(socket, connection);
          next();
        },
        (error: unknown) => {
          if (namespace.name === notificationsNamespace && badTokens.has(AppError.from(error).code)) next();
          else next(this.#refusal(error));
        },
      );
    });
    namespace.on('connection', (socket) => {
      const connection = opening.get(socket);
      if (!connection) return this.#reject(socket);
      socket.on('disconnect', (reason) => this.#sessions.get(socket.conn)?.closed(connection, reason));
      socket.on('error', (error) => this.#options.logger.debug({ err: error }, 'protocol error of a client'));
      serve(socket, connection);
      connection.opened();
    });
  }

  async #admit(socket: Socket, dialect: SocketProtocol): Promise<SocketIoConnection> {
    const { connections, outgoing } = this.#options;
    const { conn } = socket;
    const session = this.#sessions.get(conn);
    const token = readToken(socket.handshake);
    const verified = await connections.authenticate(token, session?.network ?? '');
    requireOwnId(verified.caller, socket.handshake.auth.userId);
    const connection = new SocketIoConnection(socket, verified, { dialect, outgoing });
    session?.add(connection);
    try {
      await connections.open(connection);
    } catch (error) {
      session?.closed(connection, 'failed to open');
      throw error;
    }
    session?.opened();
    releaseHandshake(socket);
    return connection;
  }

  /** Clients of `conversations` expect this event instead of a refusal. */
  #reject(socket: Socket): void {
    socket.emit('error', {
      code: 'unauthenticated',
      type: 'UNAUTHENTICATED',
      message: 'Authentication failed',
      retryable: false,
    });
    socket.disconnect();
  }

  #refusal(error: unknown): Error & { data: unknown } {
    const failure = AppError.from(error);
    if (failure.code === 'server_error')
      this.#options.logger.error({ err: error }, 'failed to open a connection; refused');
    return Object.assign(new Error(failure.message), { data: failure.toData() });
  }

  #serve(socket: Socket, connection: SocketIoConnection): void {
    const { protocol } = this.#options;
    acknowledgeBy(socket, (id) => (outcome) => connection.acknowledge(id, outcome));
    socket.onAny((event: string, ...args: unknown[]) => {
      if (connection.closing) return;
      const last = args.at(-1);
      const answer = typeof last === 'function' ? (last as Acknowledge) : undefined;
      const [payload] = answer ? args.slice(0, -1) : args;
      void protocol.dispatch(connection, { event, payload, acknowledge: answer });
    });
  }
}

/** Overrides Socket.IO's own method, which creates the acknowledgement callback of an event. */
function acknowledgeBy(socket: Socket, ack: (id: number) => Acknowledge): void {
  Object.assign(socket, { ack });
}

function dialectOf({ handshake: { auth, query } }: Socket): Dialect | undefined {
  return [auth.style, query.style].find(isDialect);
}

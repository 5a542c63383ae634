import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CloseReason } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { VerifiedToken } from '@parley/http';
import type { Logger } from '@parley/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Outgoing } from '../connections/live-connection.ts';
import { isDialect } from '../dialects/dialect-table.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Dispatcher } from '../protocol/dispatcher.ts';
import type { EventRate } from '../protocol/event-rate.ts';
import type { Connections } from './connections.ts';
import { readToken } from './read-token.ts';
import { readFrame } from './received-frame.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { WebSocketConnection } from './web-socket-connection.ts';

/** A longer frame ends its connection: as for Socket.IO. */
const maxFrameBytes = 256 * 1024;
const paths = ['/', '/ws'];
const subProtocol = 'bearer';

interface Asked {
  path: string;
  query: Record<string, string>;
}

export interface WebSocketGateOptions {
  connections: Connections;
  dispatcher: Dispatcher;
  /** Frames of any kind of one connection; who sends more is closed. */
  flood: EventRate;
  outgoing: Outgoing;
  metrics: Pick<GatewayMetrics, 'closing'>;
  /** Whether another server on the same port takes an upgrade at this path. */
  isElsewhere: (path: string) => boolean;
  /** Who has not answered the last ping by the next has gone. */
  pingEveryMs: number;
  newId: () => string;
  logger: Logger;
}

/**
 * Where plain WebSockets come in, at `/` and `/ws`: frames are `{"event", "data", "id"?}`, and what has an id is answered by `{"id", "ok", "data"|"error"}`.
 * The token comes in the header, in the query, or as the second of the sub-protocols `bearer, <token>`.
 */
export class WebSocketGate {
  readonly #options: WebSocketGateOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    handleProtocols: (offered) => offered.has(subProtocol) && subProtocol,
  });
  /** Those that have come, or have been heard of, since the last ping. */
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor(options: WebSocketGateOptions) {
    this.#options = options;
    this.#pings = setInterval(() => this.#ping(), options.pingEveryMs).unref();
  }

  attach(server: HttpServer): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const [path = '', search = ''] = (request.url ?? '').split('?');
      if (this.#options.isElsewhere(path)) return;
      socket.on('error', () => socket.destroy());
      this.#admit(
        request,
        { path, query: Object.fromEntries(new URLSearchParams(search)) },
        socket,
        head,
      ).catch((error: unknown) => {
        const failure = AppError.from(error);
        if (failure.code === 'server_error')
          this.#options.logger.error({ err: error }, 'a connection could not be opened');
        refuseUpgrade(socket, failure);
      });
    });
  }

  /** Cuts off all that are still here. */
  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) socket.terminate();
  }

  async #admit(
    request: IncomingMessage,
    { path, query }: Asked,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    if (!paths.includes(path)) throw new AppError('not_found');
    const verified = await this.#options.connections.authenticate(
      readToken({ auth: { token: tokenFromProtocols(request) }, headers: request.headers, query }),
    );
    if (socket.destroyed) return;
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#serve(webSocket, verified, query.style),
    );
  }

  #serve(socket: WebSocket, verified: VerifiedToken, asked: string | undefined): void {
    const { connections, dispatcher, flood, outgoing, newId, logger, metrics } = this.#options;
    this.#alive.add(socket);
    const dialect = isDialect(asked) ? asked : undefined;
    const connection = new WebSocketConnection(socket, newId(), verified, { dialect, outgoing });
    const heard = () => {
      this.#alive.add(socket);
      if (flood.take(connection) > 0) connection.close('flooding');
    };
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('ping', heard);
    socket.on('error', (error: Error & { code?: string }) => {
      metrics.closing(brokenBy(error.code));
      logger.debug({ err: error }, 'a client broke the protocol');
    });
    socket.on('close', () => connections.closed(connection));
    socket.on('message', (data, isBinary) => {
      heard();
      if (connection.closing) return;
      const frame = readFrame(isBinary ? undefined : String(data));
      const answer = (outcome: object) => connection.reply({ id: frame.id, ...outcome });
      const received = {
        event: frame.event,
        payload: frame.data,
        acknowledge: frame.id === undefined ? undefined : answer,
      };
      void dispatcher.dispatch(connection, received);
    });
    // What comes before the connection is open waits in the client's own buffers.
    socket.pause();
    connections
      .open(connection)
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'a connection could not be opened');
        connection.close('not_opened');
      })
      .finally(() => socket.resume());
  }

  #ping(): void {
    for (const socket of this.#server.clients) {
      if (this.#alive.delete(socket)) socket.ping();
      else {
        this.#options.metrics.closing('heartbeat_lost');
        socket.terminate();
      }
    }
  }
}

const brokenBy = (code: string | undefined): CloseReason =>
  code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'frame_too_long' : 'protocol_error';

function tokenFromProtocols(request: IncomingMessage): string | undefined {
  const [first, token] = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((part) => part.trim());
  return first === subProtocol ? token : undefined;
}

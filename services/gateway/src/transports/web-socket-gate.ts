import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CloseReason } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { rawClientAddress, type VerifiedToken } from '@parley/http';
import { type Logger, networkOf } from '@parley/runtime';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Outgoing } from '../connections/live-connection.ts';
import { isDialect } from '../dialects/dialect-table.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import type { Protocol } from '../protocol/create-protocol.ts';
import type { Admission } from './admission.ts';
import type { Connections } from './connections.ts';
import { readToken } from './read-token.ts';
import { readFrame } from './received-frame.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { WebSocketConnection } from './web-socket-connection.ts';

/** A longer frame ends its connection, as for Socket.IO. */
const maxFrameBytes = 256 * 1024;
const paths = ['/', '/ws'];
const subProtocol = 'bearer';
/** The code that `ws` reports for a client that sent no close frame. */
const noCloseFrame = 1006;

interface Asked {
  path: string;
  query: Record<string, string>;
}

export interface WebSocketGateOptions {
  connections: Connections;
  protocol: Protocol;
  outgoing: Outgoing;
  metrics: Pick<GatewayMetrics, 'closing'>;
  admission: Admission;
  /** Whether another server on the same port handles upgrades at this path. */
  isElsewhere: (path: string) => boolean;
  /** `TRUST_PROXY` */
  trustedProxies: number;
  newId: () => string;
  logger: Logger;
}

/**
 * Accepts plain WebSockets at `/` and `/ws`. Frames are `{"event", "data", "id"?}`; those with an
 * id are answered by `{"id", "ok", "data"|"error"}`. The token comes in the header, in the query,
 * or as the second of the sub-protocols `bearer, <token>`.
 */
export class WebSocketGate {
  readonly #options: WebSocketGateOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    autoPong: false,
    maxPayload: maxFrameBytes,
    handleProtocols: (offered) => offered.has(subProtocol) && subProtocol,
  });

  constructor(options: WebSocketGateOptions) {
    this.#options = options;
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
          this.#options.logger.error({ err: error }, 'failed to open a connection; refused');
        refuseUpgrade(socket, failure);
      });
    });
  }

  /** Terminates the remaining connections. */
  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async #admit(
    request: IncomingMessage,
    { path, query }: Asked,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    if (!paths.includes(path)) throw new AppError('not_found');
    const network = networkOf(rawClientAddress(request, this.#options.trustedProxies));
    const verified = await this.#options.connections.authenticate(
      readToken({ auth: { token: tokenFromProtocols(request) }, headers: request.headers, query }),
      network,
    );
    if (!(await this.#options.admission.admit(socket, network))) return;
    // The client learns that it is connected once the connection is open.
    socket.cork();
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      void this.#serve(webSocket, verified, query.style).finally(() => socket.uncork());
    });
  }

  /** Resolves when the connection is open, or has failed to open. Never rejects. */
  async #serve(socket: WebSocket, verified: VerifiedToken, asked: string | undefined): Promise<void> {
    const { connections, protocol, outgoing, newId, logger, metrics } = this.#options;
    const dialect = isDialect(asked) ? asked : undefined;
    const connection = new WebSocketConnection(socket, newId(), verified, { dialect, outgoing });
    const received = () => {
      if (protocol.flood.take(connection) > 0) connection.close('flooding');
    };
    socket.on('pong', received);
    socket.on('ping', (data) => {
      received();
      connection.pong(data);
    });
    socket.on('error', (error: Error & { code?: string }) => {
      metrics.closing(brokenBy(error.code));
      logger.debug({ err: error }, 'protocol error of a client');
    });
    socket.on('close', (code) => connections.closed(connection, code !== noCloseFrame));
    socket.on('message', (data, isBinary) => {
      received();
      if (connection.closing) return;
      const frame = readFrame(isBinary ? undefined : String(data));
      const answer = (outcome: object) => connection.reply({ id: frame.id, ...outcome });
      const event = {
        event: frame.event,
        payload: frame.data,
        acknowledge: frame.id === undefined ? undefined : answer,
      };
      void protocol.dispatch(connection, event);
    });
    // Until then, frames wait in the client's buffers.
    socket.pause();
    try {
      await connections.open(connection);
    } catch (error) {
      logger.debug({ err: error }, 'failed to open a connection; refused');
      connection.close('not_opened');
    }
    socket.resume();
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

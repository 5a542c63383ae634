import type { Server as HttpServer } from 'node:http';
import { requireOwnId } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { type Namespace, Server, type Socket } from 'socket.io';
import type { Acknowledge, Dispatcher } from '../protocol/dispatcher.ts';
import { isStyle, type Style } from '../styles/style-table.ts';
import type { Connections } from './connections.ts';
import { notificationsNamespace } from './form.ts';
import { readToken } from './read-token.ts';
import { SocketIoConnection } from './socket-io-connection.ts';

/** A longer frame ends its connection. Messages are at most 10,000 characters; a batch of edits by a friendly client is far below, too. */
const maxFrameBytes = 256 * 1024;
/** Who has not said who they are by then is cut off. */
const connectTimeoutMs = 10_000;

export interface SocketIoOptions {
  transports: ('websocket' | 'polling')[];
  corsOrigins: string[];
}

/** A Socket.IO server of ours, not yet listening. Its own rooms are not used: see `RoomTable`. */
export function createSocketIo({ transports, corsOrigins }: SocketIoOptions): Server {
  return new Server({
    transports,
    maxHttpBufferSize: maxFrameBytes,
    connectTimeout: connectTimeoutMs,
    serveClient: false,
    // What is not for Socket.IO may be a plain WebSocket.
    destroyUpgrade: false,
    cors: { origin: corsOrigins.includes('*') ? '*' : corsOrigins },
  });
}

type Speaks = Style | 'notifications' | undefined;

/** Where Socket.IO connections come in: authenticates them, registers them, and hands their events to the dispatcher. */
export class SocketIoGate {
  readonly #io: Server;
  readonly #connections: Connections;
  readonly #dispatcher: Dispatcher;
  readonly #logger: Logger;

  constructor(options: { io: Server; connections: Connections; dispatcher: Dispatcher; logger: Logger }) {
    this.#io = options.io;
    this.#connections = options.connections;
    this.#dispatcher = options.dispatcher;
    this.#logger = options.logger;
    this.#open(this.#io.of('/'), styleOf, (socket, connection) => this.#serve(socket, connection));
    const notifications = this.#io.of(notificationsNamespace);
    this.#open(
      notifications,
      () => 'notifications',
      (socket) => socket.emit('notifications:connected', { status: 'connected' }),
    );
  }

  attach(server: HttpServer): void {
    this.#io.attach(server);
  }

  /** Closes the transports, and takes no upgrades any more. */
  close(): void {
    this.#io.engine?.close();
  }

  #open(namespace: Namespace, speaks: (socket: Socket) => Speaks, serve: (socket: Socket, connection: SocketIoConnection) => void): void {
    const opening = new WeakMap<Socket, SocketIoConnection>();
    namespace.use((socket, next) => {
      this.#admit(socket, speaks(socket)).then(
        (connection) => {
          opening.set(socket, connection);
          next();
        },
        (error: unknown) => next(this.#refusal(error)),
      );
    });
    namespace.on('connection', (socket) => {
      const connection = opening.get(socket);
      if (!connection) return;
      socket.on('disconnect', () => this.#connections.closed(connection));
      socket.on('error', (error) => this.#logger.debug({ err: error }, 'a client broke the protocol'));
      serve(socket, connection);
      connection.opened();
    });
  }

  async #admit(socket: Socket, speaks: Speaks): Promise<SocketIoConnection> {
    const verified = await this.#connections.authenticate(readToken(socket.handshake));
    const { userId } = socket.handshake.auth;
    if (typeof userId === 'string') requireOwnId(verified.caller, userId);
    const connection = new SocketIoConnection(socket, verified, speaks);
    // Until Socket.IO calls it connected, it will not tell us that it has gone.
    socket.conn.once('close', () => this.#connections.closed(connection));
    if (socket.conn.readyState !== 'open') throw new AppError('unavailable');
    await this.#connections.open(connection);
    return connection;
  }

  #refusal(error: unknown): Error & { data: unknown } {
    const failure = AppError.from(error);
    if (failure.code === 'server_error') this.#logger.error({ err: error }, 'a connection could not be opened');
    return Object.assign(new Error(failure.message), { data: failure.toData() });
  }

  #serve(socket: Socket, connection: SocketIoConnection): void {
    socket.onAny((event: string, ...args: unknown[]) => {
      const last = args.at(-1);
      const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
      const [payload] = acknowledge ? args.slice(0, -1) : args;
      void this.#dispatcher.dispatch(connection, { event, payload, acknowledge });
    });
    this.#dispatcher.opened(connection);
  }
}

function styleOf({ handshake: { auth, query } }: Socket): Style | undefined {
  return [auth.style, query.style].find(isStyle);
}

import type { Server as HttpServer } from 'node:http';
import { AppError } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { Server, type Socket } from 'socket.io';
import type { Acknowledge, Dispatcher } from '../protocol/dispatcher.ts';
import type { Connections } from './connections.ts';
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
    cors: { origin: corsOrigins.includes('*') ? '*' : corsOrigins },
  });
}

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
    const opening = new WeakMap<Socket, SocketIoConnection>();
    this.#io.use((socket, next) => {
      this.#admit(socket).then(
        (connection) => {
          opening.set(socket, connection);
          next();
        },
        (error: unknown) => next(this.#refusal(error)),
      );
    });
    this.#io.on('connection', (socket) => {
      const connection = opening.get(socket);
      if (connection) this.#serve(socket, connection);
    });
  }

  attach(server: HttpServer): void {
    this.#io.attach(server);
  }

  /** Closes the transports, and takes no upgrades any more. */
  close(): void {
    this.#io.engine?.close();
  }

  async #admit(socket: Socket): Promise<SocketIoConnection> {
    const verified = await this.#connections.authenticate(readToken(socket.handshake));
    const connection = new SocketIoConnection(socket, verified);
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
    socket.on('disconnect', () => this.#connections.closed(connection));
    socket.on('error', (error) => this.#logger.debug({ err: error }, 'a client broke the protocol'));
    socket.onAny((event: string, ...args: unknown[]) => {
      const last = args.at(-1);
      const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
      const [payload] = acknowledge ? args.slice(0, -1) : args;
      void this.#dispatcher.dispatch(connection, { event, payload, acknowledge });
    });
    connection.opened();
  }
}

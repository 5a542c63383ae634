import { eventually } from '@parley/testkit';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import type { Json } from '../whole-stack/chat-user.ts';

/** A client's live connection and everything that it has received. */
export class Connection {
  readonly received: { event: string; data: Json }[] = [];
  readonly #emit: (event: string, data: unknown) => void;
  readonly close: () => void;

  constructor(emit: (event: string, data: unknown) => void, close: () => void) {
    this.#emit = emit;
    this.close = close;
  }

  emit(event: string, data: unknown): void {
    this.#emit(event, data);
  }

  all(event: string): Json[] {
    return this.received.filter((one) => one.event === event).map(({ data }) => data);
  }

  /** Resolves with the first of these events that has these fields. */
  async receives(event: string, fields: Record<string, unknown> = {}): Promise<Json> {
    return eventually(() => {
      const found = this.all(event).find((data) =>
        Object.entries(fields).every(([name, value]) => data?.[name] === value),
      );
      if (!found)
        throw new Error(`no ${event} ${JSON.stringify(fields)} in ${JSON.stringify(this.received)}`);
      return found;
    });
  }
}

/** A plain WebSocket with frames `{event, data}`, as in the documents' test plans. */
export async function connectWebSocket(gateway: string, token: string, path = '/'): Promise<Connection> {
  const socket = new WebSocket(gateway.replace('http', 'ws') + path, {
    headers: { authorization: `Bearer ${token}` },
  });
  const connection = new Connection(
    (event, data) => socket.send(JSON.stringify({ event, data })),
    () => socket.close(),
  );
  socket.on('message', (raw) => connection.received.push(JSON.parse(String(raw))));
  await opened(socket);
  return connection;
}

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
}

/** The HTTP status of a refused upgrade. */
export function refusedUpgrade(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      socket.terminate();
    });
    socket.once('open', () => reject(new Error('it was let in')));
    socket.on('error', () => undefined);
  });
}

/** Socket.IO with `auth: {token}`. */
export async function connectSocketIo(gateway: string, token: string): Promise<Connection> {
  const socket = io(gateway, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  const connection = new Connection(
    (event, data) => socket.emit(event, data),
    () => socket.disconnect(),
  );
  socket.onAny((event, data) => connection.received.push({ event, data }));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return connection;
}

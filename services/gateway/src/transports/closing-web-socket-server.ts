import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Rate } from '@parley/runtime';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { EventRate } from '../protocol/event-rate.ts';

/** Terminates clients that do not close in time. `ws` would wait for 30 s. */
const closeTimeout = 1_000;
/** Pings and pongs of a client; browsers send no pings. Faster ones are terminated. */
const controlRate: Rate = { limit: 100, windowMs: 10_000 };

/** A server for WebSockets of clients that have not authenticated. */
export class ClosingWebSocketServer extends WebSocketServer {
  readonly #controls = new EventRate(controlRate, () => performance.now());

  constructor(options: ServerOptions) {
    // The types do not know `closeTimeout` yet.
    const bounded = { ...options, closeTimeout };
    super(bounded);
  }

  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (webSocket: WebSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, socket, head, (webSocket) => {
      const count = () => {
        if (this.#controls.take(webSocket) > 0) webSocket.terminate();
      };
      webSocket.on('ping', count).on('pong', count);
      opened(webSocket, request);
    });
  }
}

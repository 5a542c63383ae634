import { type ServerOptions, WebSocketServer } from 'ws';

/** Terminates clients that do not close in time. `ws` would wait for 30 s. */
const closeTimeout = 1_000;

export class ClosingWebSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    // The types do not know this option yet.
    const bounded = { ...options, closeTimeout };
    super(bounded);
  }
}

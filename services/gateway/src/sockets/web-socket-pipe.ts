import { type CloseReason, closeReasons } from '@parley/contracts';
import { WebSocket } from 'ws';
import type { Pipe } from './pipe.ts';

export class WebSocketPipe implements Pipe {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  write(packet: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(packet);
  }

  /** All of it is in the socket already. */
  discard(): void {}

  end(reason: CloseReason): void {
    this.#socket.close(closeReasons[reason].code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

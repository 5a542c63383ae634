import { type CloseReason, closeReasons } from '@parley/contracts';
import type { WebSocket } from 'ws';
import type { Packet } from '../connections/packet.ts';
import type { Pipe } from '../connections/pipe.ts';
import { backlogOf, writeFrame } from './tick-writer.ts';

export class WebSocketPipe implements Pipe {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get unsentBytes(): number {
    return backlogOf(this.#socket);
  }

  write(packet: Packet): void {
    writeFrame(this.#socket, packet.frame);
  }

  /** The socket holds everything already, so nothing can be dropped. */
  discard(): void {}

  end(reason: CloseReason): void {
    this.#socket.close(closeReasons[reason].code, reason);
  }

  cut(): void {
    this.#socket.terminate();
  }
}

import { type CloseReason, closeReasons } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { WebSocket } from 'ws';
import { LiveConnection, type Outgoing } from '../connections/live-connection.ts';
import { Packet } from '../connections/packet.ts';
import type { Pipe } from '../connections/pipe.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import { backlogOf, writeFrame } from './tick-writer.ts';

export class WebSocketConnection extends LiveConnection {
  constructor(
    socket: WebSocket,
    id: string,
    token: VerifiedToken,
    options: { dialect: Dialect | undefined; outgoing: Outgoing },
  ) {
    super(id, token, { pipe: new WebSocketPipe(socket), outgoing: options.outgoing, transport: 'webSocket' });
    if (options.dialect) this.setDialect(options.dialect);
  }

  /** Answers a frame that had an id. */
  reply(answer: object): void {
    this.answer(new Packet(JSON.stringify(answer)));
  }
}

class WebSocketPipe implements Pipe {
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

import { type CloseReason, closeReasons } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { WebSocket } from 'ws';
import { LiveConnection, type Outgoing } from '../connections/live-connection.ts';
import { Packet } from '../connections/packet.ts';
import type { Pipe } from '../connections/pipe.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import { Heartbeat } from './heartbeat.ts';
import { backlogOf, writeFrame } from './tick-writer.ts';

export class WebSocketConnection extends LiveConnection {
  readonly #pipe: WebSocketPipe;

  constructor(
    socket: WebSocket,
    id: string,
    token: VerifiedToken,
    options: { dialect: Dialect | undefined; outgoing: Outgoing },
  ) {
    const { outgoing } = options;
    const pipe = new WebSocketPipe(socket, outgoing);
    super(id, token, { pipe, outgoing, transport: 'webSocket' });
    this.#pipe = pipe;
    if (options.dialect) this.setDialect(options.dialect);
  }

  /** Answers a ping. Pongs count as unsent data like everything else. */
  pong(data: Buffer): void {
    if (this.keepsUp()) this.#pipe.pong(data);
  }

  /** Answers a frame that had an id. */
  reply(answer: object): void {
    this.answer(new Packet(JSON.stringify(answer)));
  }
}

class WebSocketPipe implements Pipe {
  readonly #socket: WebSocket;
  readonly #heartbeat: Heartbeat;

  constructor(socket: WebSocket, outgoing: Outgoing) {
    this.#socket = socket;
    this.#heartbeat = new Heartbeat(socket, outgoing, outgoing.pingEveryMs);
  }

  get confirmedAt(): number {
    return this.#heartbeat.confirmedAt;
  }

  pong(data: Buffer): void {
    this.#socket.pong(data);
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

import type { Caller } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Socket } from 'socket.io';
import { type CloseReason, type Connection, closeReasons, type Style } from './connection.ts';
import type { Frame } from './frame.ts';

export class SocketIoConnection implements Connection {
  readonly #socket: Socket;
  readonly id: string;
  readonly caller: Caller;
  readonly expiresAt: number;
  readonly style: Style = 'snake_case';
  /** What is sent before the client has been told that it is connected has to wait for that. */
  #held: Frame[] | undefined = [];

  constructor(socket: Socket, { caller, expiresAt }: VerifiedToken) {
    this.#socket = socket;
    this.id = socket.id;
    this.caller = caller;
    this.expiresAt = expiresAt;
  }

  opened(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.send(frame);
  }

  // Past `socket.emit`, which would encode the packet anew for each connection. Bounding what piles up for a slow reader belongs here.
  send(frame: Frame): void {
    if (this.#held) this.#held.push(frame);
    else this.#socket.conn.write(frame.socketIoPacket);
  }

  /** socket.io-client reconnects by itself when the transport goes, and does not when the server disconnects it. */
  close(reason: CloseReason): void {
    if (closeReasons[reason].comeBack) this.#socket.conn.close();
    else this.#socket.disconnect(true);
  }
}

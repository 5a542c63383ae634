import type { Caller } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Socket } from 'socket.io';
import type { Style } from '../styles/style-table.ts';
import { type CloseReason, type Connection, closeReasons } from './connection.ts';
import { type Form, formOf, notificationsForm } from './form.ts';
import type { Frame } from './frame.ts';

export class SocketIoConnection implements Connection {
  readonly #socket: Socket;
  readonly id: string;
  caller: Caller;
  expiresAt: number;
  #style: Style | undefined;
  #form: Form = formOf('socketIo', 'snake_case');
  /** What is sent before the client has been told that it is connected has to wait for that. */
  #held: Frame[] | undefined = [];

  /** @param speaks `notifications`: a connection to that namespace, which is told of nothing else */
  constructor(socket: Socket, { caller, expiresAt }: VerifiedToken, speaks: Style | 'notifications' | undefined) {
    this.#socket = socket;
    this.id = socket.id;
    this.caller = caller;
    this.expiresAt = expiresAt;
    if (speaks === 'notifications') this.#form = notificationsForm;
    else if (speaks) this.speak(speaks);
  }

  get style(): Style | undefined {
    return this.#style;
  }

  renew({ caller, expiresAt }: VerifiedToken): void {
    this.caller = caller;
    this.expiresAt = expiresAt;
  }

  speak(style: Style): void {
    this.#style = style;
    this.#form = formOf('socketIo', style);
  }

  opened(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.send(frame);
  }

  // Past `socket.emit`, which would encode the packet anew for each connection. Bounding what piles up for a slow reader belongs here.
  send(frame: Frame): void {
    if (this.#held) this.#held.push(frame);
    else for (const packet of frame.as(this.#form)) this.#socket.conn.write(packet);
  }

  /** socket.io-client reconnects by itself when the transport goes, and does not when the server disconnects it. */
  close(reason: CloseReason): void {
    if (closeReasons[reason].comeBack) this.#socket.conn.close();
    else this.#socket.disconnect(true);
  }
}

import type { Caller } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import { WebSocket } from 'ws';
import type { Style } from '../styles/style-table.ts';
import { type CloseReason, type Connection, closeReasons } from './connection.ts';
import { type Form, formOf } from './form.ts';
import type { Frame } from './frame.ts';

export class WebSocketConnection implements Connection {
  readonly #socket: WebSocket;
  readonly id: string;
  caller: Caller;
  expiresAt: number;
  #style: Style | undefined;
  #form: Form = formOf('webSocket', 'snake_case');

  constructor(socket: WebSocket, id: string, { caller, expiresAt }: VerifiedToken, style: Style | undefined) {
    this.#socket = socket;
    this.id = id;
    this.caller = caller;
    this.expiresAt = expiresAt;
    if (style) this.speak(style);
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
    this.#form = formOf('webSocket', style);
  }

  send(frame: Frame): void {
    for (const packet of frame.as(this.#form)) this.write(packet);
  }

  /** A frame of this connection alone. Bounding what piles up for a slow reader belongs here. */
  write(packet: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(packet);
  }

  close(reason: CloseReason): void {
    this.#socket.close(closeReasons[reason].code, reason);
  }
}

import { type CloseReason, closeReasons } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Socket } from 'socket.io';
import { notificationsForm, socketIoPacket } from '../connections/form.ts';
import type { Frame } from '../connections/frame.ts';
import { LiveConnection, type Outgoing } from '../connections/live-connection.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import { EnginePipe } from './engine-pipe.ts';

export class SocketIoConnection extends LiveConnection {
  readonly #socket: Socket;
  /** What is sent before the client has been told that it is connected has to wait for that. */
  #held: Frame[] | undefined = [];

  /** @param options.speaks `notifications`: a connection to that namespace, which is told of nothing else */
  constructor(
    socket: Socket,
    token: VerifiedToken,
    options: { dialect: Dialect | 'notifications' | undefined; outgoing: Outgoing },
  ) {
    const { dialect, outgoing } = options;
    const way = { pipe: EnginePipe.of(socket.conn), outgoing, transport: 'socketIo' } as const;
    super(socket.id, token, dialect === 'notifications' ? { ...way, form: notificationsForm } : way);
    this.#socket = socket;
    if (dialect !== undefined && dialect !== 'notifications') this.setDialect(dialect);
  }

  opened(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.send(frame);
  }

  // Past `socket.emit`, which would encode the packet anew for each connection.
  override send(frame: Frame): void {
    if (this.#held) this.#held.push(frame);
    else super.send(frame);
  }

  /** The acknowledgement of the client's event of that number. Past `socket.io`, so that it keeps its place among what is sent. */
  acknowledge(id: number, outcome: object): void {
    this.answer(socketIoPacket(`3${id}${JSON.stringify([outcome])}`));
  }

  /** socket.io-client reconnects by itself when the transport goes, and does not when the server disconnects it. */
  protected override end(reason: CloseReason): void {
    const { advice } = closeReasons[reason];
    if (this.#socket.connected && (advice === 'log_in' || advice === 'stop')) this.#socket.disconnect(true);
    else super.end(reason);
  }
}

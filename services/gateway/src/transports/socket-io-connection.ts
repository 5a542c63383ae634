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
  /** Frames sent before the client knows that it is connected wait here. */
  #held: Frame[] | undefined = [];

  /** @param options.dialect `notifications` for a connection to that namespace */
  constructor(
    socket: Socket,
    token: VerifiedToken,
    options: { dialect: Dialect | 'notifications' | undefined; outgoing: Outgoing },
  ) {
    const { dialect, outgoing } = options;
    const shared = { pipe: EnginePipe.of(socket.conn), outgoing, transport: 'socketIo' } as const;
    super(socket.id, token, dialect === 'notifications' ? { ...shared, form: notificationsForm } : shared);
    this.#socket = socket;
    if (dialect !== undefined && dialect !== 'notifications') this.setDialect(dialect);
  }

  opened(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.send(frame);
  }

  // Bypasses `socket.emit`, which would encode the packet for each connection.
  override send(frame: Frame): void {
    if (this.#held) this.#held.push(frame);
    else super.send(frame);
  }

  /**
   * Acknowledges the client's event with that id. Bypasses `socket.io` to keep the order of
   * packets.
   */
  acknowledge(id: number, outcome: object): void {
    this.answer(socketIoPacket(`3${id}${JSON.stringify([outcome])}`));
  }

  /** socket.io-client reconnects when the transport closes, but not after a server disconnect. */
  protected override end(reason: CloseReason): void {
    const { advice } = closeReasons[reason];
    if (this.#socket.connected && (advice === 'log_in' || advice === 'stop')) this.#socket.disconnect(true);
    else super.end(reason);
  }
}

import type { ServerResponse } from 'node:http';
import { type CloseReason, closeReasons } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import { pingTimeoutMs } from '../config.ts';
import { type Frame, notificationsForm, socketIoPacket } from '../connections/frame.ts';
import { LiveConnection, type Outgoing } from '../connections/live-connection.ts';
import type { Packet } from '../connections/packet.ts';
import type { Pipe } from '../connections/pipe.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import { Heartbeat } from './heartbeat.ts';
import { backlogOf, writeFrame } from './tick-writer.ts';

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
    const shared = {
      pipe: EnginePipe.of(socket.conn, outgoing),
      outgoing,
      transport: 'socketIo',
    } as const;
    super(socket.id, token, dialect === 'notifications' ? { ...shared, form: notificationsForm } : shared);
    this.#socket = socket;
    if (dialect !== undefined && dialect !== 'notifications') this.setDialect(dialect);
  }

  opened(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.send(frame);
  }

  /** @param reason as reported by Socket.IO or Engine.IO */
  closedByClient(reason: string): boolean {
    if (reason === 'client namespace disconnect') return true;
    const { socket } = (this.#socket.conn as unknown as EngineSocket).transport;
    // The end of a network connection proves nothing, because a proxy may have ended it.
    return reason === 'transport close' && (socket ? socket._closeFrameReceived === true : !this.closing);
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

export interface EnginePacket {
  type?: string;
  data?: string | Buffer;
}

/** The parts of Engine.IO's socket and transports that we rely on. */
interface EngineSocket {
  readonly readyState: string;
  writeBuffer: EnginePacket[];
  transport: {
    name: string;
    writable: boolean;
    socket?: WebSocket & { _closeFrameReceived?: boolean };
    res?: ServerResponse | null;
    onClose(): void;
  };
  write(packet: string): void;
  close(discard?: boolean): void;
  on(event: 'packetCreate', listener: (packet: EnginePacket) => void): void;
  on(event: 'flush', listener: (packets: EnginePacket[]) => void): void;
  on(event: 'heartbeat', listener: () => void): void;
  once(event: 'drain' | 'upgrade', listener: () => void): void;
}

/**
 * The pipe of a Socket.IO connection, shared by its namespaces. While the transport is busy,
 * Engine.IO queues packets, and then hands all of them over at once. The transport is a WebSocket
 * with its own queue, or the response to a poll, which a slow client may still be reading when its
 * next poll arrives.
 */
class EnginePipe implements Pipe {
  static readonly #known = new WeakMap<object, EnginePipe>();
  readonly #engine: EngineSocket;
  /** Responses to polls that the client is still reading. */
  #answers: Set<ServerResponse> | undefined;
  #queuedBytes = 0;
  #answeringBytes = 0;
  #pingedAt = 0;
  #confirmedAt = 0;
  /** Of the WebSocket. */
  #heartbeat: Heartbeat | undefined;

  static of(conn: Socket['conn'], outgoing: Outgoing): EnginePipe {
    const known = EnginePipe.#known.get(conn) ?? new EnginePipe(conn as unknown as EngineSocket, outgoing);
    EnginePipe.#known.set(conn, known);
    return known;
  }

  private constructor(engine: EngineSocket, outgoing: Outgoing) {
    this.#engine = engine;
    engine.on('packetCreate', (packet) => {
      if (packet.type === 'ping') this.#pingedAt = outgoing.clock();
      if (!engine.transport.writable) this.#queuedBytes += sizeOf(packet);
    });
    // Comes after each pong of a polling client. Engine.IO sends the next ping only then.
    engine.on('heartbeat', () => {
      this.#confirmedAt = this.#pingedAt;
    });
    engine.on('flush', (packets) => {
      this.#queuedBytes = 0;
      const { res } = engine.transport;
      if (res) this.#watchAnswer(res, packets);
    });
    const watchSocket = () => {
      const { socket } = engine.transport;
      if (socket) this.#heartbeat = new Heartbeat(socket, outgoing, pingTimeoutMs);
    };
    engine.once('upgrade', watchSocket);
    watchSocket();
  }

  get confirmedAt(): number {
    return this.#heartbeat?.confirmedAt ?? this.#confirmedAt;
  }

  get unsentBytes(): number {
    const { socket } = this.#engine.transport;
    if (!socket) return this.#queuedBytes + this.#answeringBytes;
    // With an empty socket, queued packets wait for the end of this tick and not for the client.
    const backlog = backlogOf(socket);
    return backlog === 0 ? 0 : this.#queuedBytes + backlog;
  }

  /**
   * Bypasses Engine.IO when its queue is empty, because it would build an object and a frame per
   * connection.
   */
  write(packet: Packet): void {
    const { readyState, writeBuffer, transport } = this.#engine;
    if (transport.socket && writeBuffer.length === 0 && readyState === 'open')
      writeFrame(transport.socket, packet.frame);
    else this.#engine.write(packet.text);
  }

  discard(): void {
    this.#engine.writeBuffer = [];
    this.#queuedBytes = 0;
  }

  end(reason: CloseReason): void {
    const { writeBuffer, transport } = this.#engine;
    const { socket } = transport;
    if (!socket) this.#engine.close();
    else if (writeBuffer.length === 0) socket.close(closeReasons[reason].code, reason);
    else this.#engine.once('drain', () => socket.close(closeReasons[reason].code, reason));
  }

  cut(): void {
    for (const answer of this.#answers ?? []) answer.destroy();
    const { transport } = this.#engine;
    if (transport.socket) transport.socket.terminate();
    // A graceful close waits for the next poll, which may never come.
    else transport.onClose();
  }

  #watchAnswer(answer: ServerResponse, packets: readonly EnginePacket[]): void {
    const bytes = packets.reduce((sum, packet) => sum + sizeOf(packet), 0);
    this.#answers ??= new Set();
    this.#answers.add(answer);
    this.#answeringBytes += bytes;
    answer.once('close', () => {
      this.#answers?.delete(answer);
      this.#answeringBytes -= bytes;
    });
  }
}

export const sizeOf = ({ data }: EnginePacket) => (data === undefined ? 0 : Buffer.byteLength(data));

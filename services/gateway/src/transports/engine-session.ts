import type { CloseReason } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { rawClientAddress } from '@parley/http';
import { networkOf, type Rate } from '@parley/runtime';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { EventRate } from '../protocol/event-rate.ts';
import type { SocketIoConnection } from './socket-io-connection.ts';

/** Ends sessions that have had no open connection for this long. */
const connectTimeoutMs = 10_000;
/**
 * Attempts to connect since the last success. The last one is refused before Socket.IO reads it,
 * and ends the session, because every attempt costs a token check.
 */
const maxAttempts = 5;
/** Attempts of any outcome. Clients that connect and disconnect all the time are ended, too. */
export const attemptRate: Rate = { limit: 20, windowMs: 10_000 };
/** Packets of any kind since the last success, while no connection is open. */
const maxPacketsUnconnected = 50;
/** Probes of an upgrade, which no other limit counts. */
const maxProbes = 10;

/**
 * Socket.IO's packet CONNECT in Engine.IO's `message`, and the namespace unless it is `/`.
 * Socket.IO also takes a blank, and an empty message, for the number 0.
 */
const connectPacket = /^(?:0|\s|$)(\/[^,]*)?/;

interface EnginePacket {
  type: string;
  data?: unknown;
}

/** The parts of Engine.IO's socket that we rely on. */
interface Engine {
  readonly transport: { readonly socket?: WebSocket };
  on(event: 'packet', listener: (packet: EnginePacket) => void): void;
  on(event: 'upgrading', listener: () => void): void;
  once(event: 'close', listener: (reason: string) => void): void;
  removeAllListeners(event: 'data'): void;
  write(packet: string): void;
  onClose(reason: string): void;
}

export interface EngineSessionOptions {
  /** Limits the packets of a session. */
  flood: EventRate;
  /** `TRUST_PROXY` */
  trustedProxies: number;
  /** Limits its attempts to connect, by `attemptRate`. */
  attempts: EventRate;
  /** A connection has closed, or failed to open. */
  closed: (connection: SocketIoConnection, reason: string) => void;
}

/**
 * The limits of a client in an Engine.IO session, counted from the moment it opens and before
 * Socket.IO reads a packet. Several connections, one per namespace, may share a session.
 */
export class EngineSession {
  /** Where it was opened from; see `networkOf`. */
  readonly network: string;
  readonly #engine: Engine;
  readonly #options: EngineSessionOptions;
  /** Opening or open. */
  readonly #connections = new Set<SocketIoConnection>();
  #attempts = 0;
  #packetsUnconnected = 0;
  #probes = 0;
  #hasEnded = false;
  #hasConnected = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(conn: Socket['conn'], options: EngineSessionOptions) {
    this.#engine = conn as unknown as Engine;
    this.#options = options;
    this.network = networkOf(rawClientAddress(conn.request, options.trustedProxies));
    this.#engine.on('packet', (packet) => this.#received(packet));
    this.#engine.on('upgrading', () => {
      this.#probes += 1;
      if (this.#probes > maxProbes) this.#end();
    });
    this.#engine.once('close', (reason) => this.#closed(reason));
    this.#startTimer();
  }

  /** Whether a connection has ever opened. */
  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  /**
   * A connection is being opened.
   * @throws AppError `unavailable` when the session has ended meanwhile
   */
  add(connection: SocketIoConnection): void {
    if (this.#hasEnded) throw new AppError('unavailable');
    this.#connections.add(connection);
  }

  /** The connection has opened. */
  opened(): void {
    clearTimeout(this.#timer);
    this.#hasConnected = true;
    this.#attempts = 0;
    this.#packetsUnconnected = 0;
  }

  /** The connection has closed, or failed to open. May be called repeatedly. */
  closed(connection: SocketIoConnection, reason: string): void {
    if (!this.#connections.delete(connection)) return;
    if (this.#connections.size === 0) this.#startTimer();
    this.#options.closed(connection, reason);
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#timer = setTimeout(() => this.#cut(), connectTimeoutMs).unref();
  }

  #received({ type, data }: EnginePacket): void {
    if (this.#hasEnded) return;
    if (this.#connections.size === 0) this.#packetsUnconnected += 1;
    if (this.#packetsUnconnected > maxPacketsUnconnected) this.#end();
    else if (this.#options.flood.take(this) > 0) this.#end('flooding');
    else if (type === 'message' && typeof data === 'string') this.#countAttempt(data);
  }

  #countAttempt(packet: string): void {
    const attempt = connectPacket.exec(packet);
    if (!attempt) return;
    this.#attempts += 1;
    if (this.#attempts >= maxAttempts || this.#options.attempts.take(this) > 0) this.#refuse(attempt[1]);
  }

  #refuse(namespace: string | undefined): void {
    const { message, ...error } = new AppError('rate_limit').toData();
    const refusal = JSON.stringify({ message, data: { ...error, message } });
    this.#engine.write(`4${namespace === undefined ? '' : `${namespace},`}${refusal}`);
    this.#end();
  }

  /** @param reason for open connections; without any, the session is cut off */
  #end(reason?: CloseReason): void {
    this.#hasEnded = true;
    // Socket.IO reads nothing more, not even the present packet.
    this.#engine.removeAllListeners('data');
    const open = reason === undefined ? [] : [...this.#connections];
    for (const connection of open) connection.close(reason as CloseReason);
    // Lets a refusal leave first.
    if (open.length === 0) setImmediate(() => this.#cut());
  }

  #cut(): void {
    this.#engine.transport.socket?.terminate();
    this.#engine.onClose('forced server close');
  }

  #closed(reason: string): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    for (const connection of this.#connections) this.closed(connection, reason);
  }
}

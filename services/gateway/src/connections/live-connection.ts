import type { Caller, CloseReason, ServerEvent } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Clock } from '@parley/runtime';
import { dialectOf } from '../dialects/contract-dialects.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { closingFrame } from './closing-frame.ts';
import type { Connection } from './connection.ts';
import { type Form, type Frame, formOf, notificationsForm, type Transport } from './frame.ts';
import type { Packet } from './packet.ts';
import type { Pipe } from './pipe.ts';

/** Terminates clients that do not close in time. */
const closeWithinMs = 1_000;
/** Beyond this share of `maxBytes`, transient events are dropped. */
const transientShare = 0.25;
/**
 * Events without a number: a client that misses one never asks for it, and the next replaces it.
 */
const transient: ReadonlySet<ServerEvent> = new Set(['user_typing', 'user_status', 'room_presence']);
const isTransient = ({ event, data }: Frame) =>
  transient.has(event) || ('type' in data && data.type === 'temporary');

/** Events about the connection itself, which concern no room. */
const ofConnection: ReadonlySet<ServerEvent> = new Set(['token_expiring', 'server_draining', 'error']);

/** Whether a token that is limited to these rooms may receive the event. */
const isGranted = ({ event, data }: Frame, roomIds: readonly string[]) =>
  ofConnection.has(event) || ('roomId' in data && data.roomId !== undefined && roomIds.includes(data.roomId));

export interface Outgoing {
  /** At most this many bytes, plus one frame, wait unsent on one connection. */
  maxBytes: number;
  /** `PING_INTERVAL` */
  pingEveryMs: number;
  clock: Clock;
  metrics: Pick<GatewayMetrics, 'closing' | 'dropped'>;
}

/** The part that all transports share: identity, dialect, and the limit on unsent data. */
export abstract class LiveConnection implements Connection {
  readonly id: string;
  readonly transport: Transport;
  readonly notificationsOnly: boolean;
  caller: Caller;
  expiresAt: number;
  readonly #pipe: Pipe;
  readonly #outgoing: Outgoing;
  #dialect: Dialect | undefined;
  #dialectIsFinal = false;
  #form: Form;
  #closing = false;
  #followsAccount = false;

  constructor(
    id: string,
    { caller, expiresAt }: VerifiedToken,
    options: { pipe: Pipe; outgoing: Outgoing; transport: Transport; form?: Form },
  ) {
    this.id = id;
    this.caller = caller;
    this.expiresAt = expiresAt;
    this.#pipe = options.pipe;
    this.#outgoing = options.outgoing;
    this.transport = options.transport;
    this.notificationsOnly = options.form === notificationsForm;
    this.#dialect = dialectOf(caller.contract);
    this.#form = options.form ?? formOf(options.transport, this.#dialect, caller.contract);
  }

  get confirmedAt(): number {
    return this.#pipe.confirmedAt;
  }

  get dialect(): Dialect | undefined {
    return this.#dialect;
  }

  get dialectIsFinal(): boolean {
    return this.#dialectIsFinal;
  }

  /** The connection no longer sends or accepts events. */
  get closing(): boolean {
    return this.#closing;
  }

  renew({ caller, expiresAt }: VerifiedToken): void {
    this.caller = caller;
    this.expiresAt = expiresAt;
  }

  followAccount(): void {
    this.#followsAccount = true;
  }

  setDialect(dialect: Dialect): void {
    this.#dialect = dialect;
    this.#dialectIsFinal = true;
    this.#form = formOf(this.transport, dialect, this.caller.contract);
  }

  send(frame: Frame): void {
    const { grant } = this.caller;
    if (frame.event === 'account_changed' && !this.#followsAccount) return;
    if (grant?.roomIds && !isGranted(frame, grant.roomIds)) return;
    if (this.keepsUp(frame)) this.#write(frame);
  }

  close(reason: CloseReason): void {
    if (this.#closing) return;
    if (reason === 'slow') this.#pipe.discard();
    const frame = closingFrame(reason);
    if (frame) this.#write(frame);
    this.#closing = true;
    this.#outgoing.metrics.closing(reason);
    this.end(reason);
    setTimeout(() => this.#pipe.cut(), closeWithinMs);
  }

  /** Closes the transport after everything written before. */
  protected end(reason: CloseReason): void {
    this.#pipe.end(reason);
  }

  /** Sends a reply to this connection only, outside of any frame. */
  protected answer(packet: Packet): void {
    if (this.keepsUp()) this.#pipe.write(packet);
  }

  /** Answers whether the connection may be sent to. Closes it when too much is unsent. */
  protected keepsUp(frame?: Frame): boolean {
    if (this.#closing) return false;
    const { unsentBytes } = this.#pipe;
    const { maxBytes, metrics } = this.#outgoing;
    if (unsentBytes > maxBytes) {
      this.close('slow');
      return false;
    }
    if (frame === undefined || unsentBytes <= maxBytes * transientShare || !isTransient(frame)) return true;
    metrics.dropped();
    return false;
  }

  #write(frame: Frame): void {
    for (const packet of frame.as(this.#form)) this.#pipe.write(packet);
  }
}

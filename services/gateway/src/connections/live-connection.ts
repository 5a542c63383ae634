import type { Caller, CloseReason, ServerEvent } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import { dialectOf } from '../dialects/contract-dialects.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import type { GatewayMetrics } from '../gateway-metrics.ts';
import { closingFrame } from './closing-frame.ts';
import type { Connection } from './connection.ts';
import { type Form, formOf, notificationsForm, type Transport } from './form.ts';
import type { Frame } from './frame.ts';
import type { Packet } from './packet.ts';
import type { Pipe } from './pipe.ts';

/** Who does not close by itself is cut off. */
const closeWithinMs = 1_000;
/** From this part of its bound on, a backlog takes no events that are worth nothing later. */
const transientShare = 0.25;
/** They have no number: who misses one asks for nothing, and the next tells more. */
const transient: ReadonlySet<ServerEvent> = new Set(['user_typing', 'user_status']);
const isTransient = ({ event, data }: Frame) =>
  transient.has(event) || ('type' in data && data.type === 'temporary');

export interface Outgoing {
  /** More than this may not be unsent on one connection, but for one frame. */
  maxBytes: number;
  metrics: Pick<GatewayMetrics, 'closing' | 'dropped'>;
}

/** What connections of every protocol have in common: who they are, how they are spoken to, and how much may pile up before they end as slow. */
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

  constructor(
    id: string,
    { caller, expiresAt }: VerifiedToken,
    way: { pipe: Pipe; outgoing: Outgoing; transport: Transport; form?: Form },
  ) {
    this.id = id;
    this.caller = caller;
    this.expiresAt = expiresAt;
    this.#pipe = way.pipe;
    this.#outgoing = way.outgoing;
    this.transport = way.transport;
    this.notificationsOnly = way.form === notificationsForm;
    this.#dialect = dialectOf(caller.contract);
    this.#form = way.form ?? formOf(way.transport, this.#dialect);
  }

  get dialect(): Dialect | undefined {
    return this.#dialect;
  }

  get dialectIsFinal(): boolean {
    return this.#dialectIsFinal;
  }

  /** Nothing more is sent to it, or taken from it. */
  get closing(): boolean {
    return this.#closing;
  }

  renew({ caller, expiresAt }: VerifiedToken): void {
    this.caller = caller;
    this.expiresAt = expiresAt;
  }

  setDialect(dialect: Dialect): void {
    this.#dialect = dialect;
    this.#dialectIsFinal = true;
    this.#form = formOf(this.transport, dialect);
  }

  send(frame: Frame): void {
    if (this.#keepsUp(frame)) this.#write(frame);
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

  /** Closes the transport after what was written. */
  protected end(reason: CloseReason): void {
    this.#pipe.end(reason);
  }

  /** An answer to this connection alone, which no frame carries. */
  protected answer(packet: Packet): void {
    if (this.#keepsUp()) this.#pipe.write(packet);
  }

  #write(frame: Frame): void {
    for (const packet of frame.as(this.#form)) this.#pipe.write(packet);
  }

  /** Whether something may be sent to it. One that has let too much pile up is closed here. */
  #keepsUp(frame?: Frame): boolean {
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
}

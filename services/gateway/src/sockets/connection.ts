import type { Caller, CloseReason } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Style } from '../styles/style-table.ts';
import type { Transport } from './form.ts';
import type { Frame } from './frame.ts';

/** One live connection of a user, whatever protocol it speaks. */
export interface Connection {
  /** Unique in the whole fleet. */
  readonly id: string;
  /** Who it is, and in which organization and role, as its present token says. */
  readonly caller: Caller;
  /** When its token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** How its client names events and fields; undefined until that is known, and it is spoken to canonically. */
  readonly style: Style | undefined;
  readonly transport: Transport;
  /** From now on it lives by that token. Whether it may is `Connections.renew`'s to say. */
  renew(token: VerifiedToken): void;
  speak(style: Style): void;
  /** In the order of calls; to a closed connection it does nothing. Never throws. One that does not read what it is sent is closed as `slow`. */
  send(frame: Frame): void;
  /**
   * Tells it why, lets what was sent before leave, and closes it; what has not left after a second is cut off. After `slow` nothing is kept for it but what
   * the operating system has not taken yet. The first reason counts.
   */
  close(reason: CloseReason): void;
}

import type { Caller, CloseReason } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Dialect } from '../dialects/dialect-table.ts';
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
  /** How its client names events and fields. Undefined until that is known: then it receives every event under the names of each style. */
  readonly dialect: Dialect | undefined;
  /** Its client has said or shown the style; otherwise its session's contract determines it, until an event shows another. */
  readonly dialectIsFinal: boolean;
  readonly transport: Transport;
  /** It receives notifications, and nothing else. */
  readonly notificationsOnly: boolean;
  /** From now on it lives by that token. Whether it may is `Connections.renew`'s to say. */
  renew(token: VerifiedToken): void;
  /** From now on, and finally. */
  setDialect(dialect: Dialect): void;
  /** In the order of calls; to a closed connection it does nothing. Never throws. One that does not read what it is sent is closed as `slow`. */
  send(frame: Frame): void;
  /**
   * Tells it why, lets what was sent before leave, and closes it; what has not left after a second is cut off. After `slow` nothing is kept for it but what
   * the operating system has not taken yet. The first reason counts.
   */
  close(reason: CloseReason): void;
}

import type { Caller } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Style } from '../styles/style-table.ts';
import type { Frame } from './frame.ts';

/**
 * Why the gateway ends a connection, and whether the client may come back as it is: otherwise it has to log in or refresh its token first.
 * `code`: what a plain WebSocket is closed with.
 */
export const closeReasons = {
  session_revoked: { comeBack: false, code: 4001 },
  token_expired: { comeBack: false, code: 4002 },
  draining: { comeBack: true, code: 1012 },
} as const;
export type CloseReason = keyof typeof closeReasons;

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
  /** From now on it lives by that token. Whether it may is `Connections.renew`'s to say. */
  renew(token: VerifiedToken): void;
  speak(style: Style): void;
  /** In the order of calls; to a closed connection it does nothing. Never throws. */
  send(frame: Frame): void;
  /** What was sent before still leaves. */
  close(reason: CloseReason): void;
}

import type { Caller } from '@parley/contracts';
import type { Frame } from './frame.ts';

/** Why the gateway ends a connection, and whether the client may come back as it is: otherwise it has to log in or refresh its token first. */
export const closeReasons = {
  session_revoked: { comeBack: false },
  token_expired: { comeBack: false },
  draining: { comeBack: true },
} as const;
export type CloseReason = keyof typeof closeReasons;

/** How a client names events and fields. The canonical one, so far. */
export type Style = 'snake_case';

/** One live connection of a user, whatever protocol it speaks. */
export interface Connection {
  /** Unique in the whole fleet. */
  readonly id: string;
  readonly caller: Caller;
  /** When its token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly style: Style;
  /** In the order of calls; to a closed connection it does nothing. Never throws. */
  send(frame: Frame): void;
  /** What was sent before still leaves. */
  close(reason: CloseReason): void;
}

import type { Caller, CloseReason } from '@parley/contracts';
import type { VerifiedToken } from '@parley/http';
import type { Dialect } from '../dialects/dialect-table.ts';
import type { Frame, Transport } from './frame.ts';

/** A user's live connection, over any transport. */
export interface Connection {
  /** Unique across all gateways. */
  readonly id: string;
  /** The user, organization and role, as stated by the current token. */
  readonly caller: Caller;
  /** When the current token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /**
   * How the client names events and fields. While undefined, the connection receives every event
   * under the name of each dialect.
   */
  readonly dialect: Dialect | undefined;
  /**
   * The client stated or showed its dialect. Until then the dialect comes from the session's
   * contract, and an event can change it.
   */
  readonly dialectIsFinal: boolean;
  readonly transport: Transport;
  /** See `Pipe`. */
  readonly confirmedAt: number;
  /** Receives notifications and errors only. */
  readonly notificationsOnly: boolean;
  /** Replaces the token. `Connections.renew` decides whether the new token is acceptable. */
  renew(token: VerifiedToken): void;
  /** Receives the changes of the user's account from now on. */
  followAccount(): void;
  /** Sets the dialect for good. */
  setDialect(dialect: Dialect): void;
  /**
   * Keeps the order of calls. Never throws; does nothing on a closed connection. Closes the
   * connection as `slow` when the client does not keep up.
   */
  send(frame: Frame): void;
  /**
   * Sends the reason, flushes what was sent before, and closes. Drops what is still unsent after a
   * second. For `slow`, drops everything that the operating system has not taken yet. Only the
   * first reason counts.
   */
  close(reason: CloseReason): void;
}

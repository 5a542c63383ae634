import { AppError, type ErrorCode } from '@parley/errors';
import type { TokenVerifier, VerifiedToken } from '@parley/http';
import type { Clock } from '@parley/runtime';
import { userKey } from '../delivery/keys.ts';
import type { RoomTable } from '../delivery/room-table.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';
import type { CloseReason, Connection } from './connection.ts';
import { errorFrame } from './error-frame.ts';

/** The longest that setTimeout takes; a token that lives longer is looked at again then. */
const longestTimerMs = 2 ** 31 - 1;

export interface ConnectionsOptions {
  verifier: TokenVerifier;
  rooms: RoomTable;
  presence: Presence;
  watching: Watching;
  maxPerUser: number;
  clock: Clock;
}

/** The live connections of this gateway, whatever protocol they speak: their way in, their end, and who they are. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #byUser = new Map<string, Set<Connection>>();
  readonly #bySession = new Map<string, Set<Connection>>();
  readonly #expiries = new Map<Connection, NodeJS.Timeout>();
  #draining = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    options.verifier.onRevoked((sessionId) => {
      for (const connection of this.ofSession(sessionId)) end(connection, 'session_revoked');
    });
  }

  get size(): number {
    return this.#expiries.size;
  }

  all(): Iterable<Connection> {
    return this.#expiries.keys();
  }

  ofUser(userId: string): readonly Connection[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  ofSession(sessionId: string): readonly Connection[] {
    return [...(this.#bySession.get(sessionId) ?? [])];
  }

  /** @throws AppError `unauthenticated`, `token_expired`, `session_revoked`; `limit_reached`; `unavailable` (not now, or not here) */
  async authenticate(token: string | undefined): Promise<VerifiedToken> {
    if (this.#draining) throw new AppError('unavailable');
    if (!token) throw new AppError('unauthenticated');
    const verified = await this.#options.verifier.verify(token);
    if ((this.#byUser.get(verified.caller.userId)?.size ?? 0) >= this.#options.maxPerUser) throw new AppError('limit_reached');
    return verified;
  }

  /** Registers a connection just authenticated. Resolves when everything that is meant for its user reaches it. */
  async open(connection: Connection): Promise<void> {
    const { userId, sessionId } = connection.caller;
    addTo(this.#byUser, userId, connection);
    addTo(this.#bySession, sessionId, connection);
    this.#watchExpiry(connection);
    await this.#options.rooms.add(connection, userKey(userId));
    if (!this.#expiries.has(connection)) throw new AppError('unavailable');
    this.#options.presence.open(connection);
  }

  /**
   * Takes a new token of the same user and session for a living connection. Answers when it expires.
   * @throws AppError as `authenticate`; `identity_mismatch` for the token of somebody else or of another login
   */
  async renew(connection: Connection, token: string): Promise<number> {
    const verified = await this.#options.verifier.verify(token);
    const { userId, sessionId } = connection.caller;
    if (verified.caller.userId !== userId || verified.caller.sessionId !== sessionId) throw new AppError('identity_mismatch');
    if (!this.#expiries.has(connection)) throw new AppError('unavailable');
    clearTimeout(this.#expiries.get(connection));
    connection.renew(verified);
    this.#watchExpiry(connection);
    return verified.expiresAt;
  }

  /** It has ended, for whatever reason. May be told more than once. */
  closed(connection: Connection): void {
    if (!this.#expiries.has(connection)) return;
    clearTimeout(this.#expiries.get(connection));
    this.#expiries.delete(connection);
    removeFrom(this.#byUser, connection.caller.userId, connection);
    removeFrom(this.#bySession, connection.caller.sessionId, connection);
    this.#options.rooms.removeAll(connection);
    this.#options.watching.closed(connection);
    this.#options.presence.close(connection);
  }

  /** From now on nobody gets in, and those who are in are sent away, to come back to another gateway. */
  drain(): void {
    this.#draining = true;
    for (const connection of [...this.#expiries.keys()]) connection.close('draining');
  }

  #watchExpiry(connection: Connection): void {
    const leftMs = connection.expiresAt - this.#options.clock();
    const timer = setTimeout(
      () => {
        if (connection.expiresAt > this.#options.clock()) this.#watchExpiry(connection);
        else end(connection, 'token_expired');
      },
      Math.min(Math.max(leftMs, 0), longestTimerMs),
    );
    this.#expiries.set(connection, timer.unref());
  }
}

function end(connection: Connection, reason: CloseReason & ErrorCode): void {
  connection.send(errorFrame(new AppError(reason)));
  connection.close(reason);
}

function addTo(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
  const found = index.get(key);
  if (found) found.add(connection);
  else index.set(key, new Set([connection]));
}

function removeFrom(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
  const found = index.get(key);
  found?.delete(connection);
  if (found?.size === 0) index.delete(key);
}

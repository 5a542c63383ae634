import { AppError } from '@parley/errors';
import type { TokenVerifier, VerifiedToken } from '@parley/http';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';
import { userKey } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { Groups } from './groups.ts';
import type { TokenWatch } from './token-watch.ts';

export interface ConnectionsOptions {
  verifier: TokenVerifier;
  tokens: TokenWatch;
  rooms: SubscriptionTable;
  presence: Presence;
  watching: Watching;
  /** Resolves when the connection receives everything that needs no request. Never rejects. */
  prepare: (connection: Connection) => Promise<void>;
  /**
   * Called when a connection has closed.
   * @param isLast whether it was the user's last one here
   */
  onClosed: (connection: Connection, isLast: boolean) => void;
  maxPerUser: Maximum;
}

/** Authenticates, registers and closes this gateway's live connections, over all transports. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #all = new Set<Connection>();
  readonly #byUser = new Groups<string, Connection>();
  readonly #bySession = new Groups<string, Connection>();
  #onEmpty: () => void = () => undefined;
  #refusing = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    options.verifier.onRevoked((sessionId) => {
      for (const connection of this.ofSession(sessionId)) connection.close('session_revoked');
    });
  }

  /** Whether new connections are refused. */
  get refusing(): boolean {
    return this.#refusing;
  }

  all(): Iterable<Connection> {
    return this.#all;
  }

  ofUser(userId: string): readonly Connection[] {
    return this.#byUser.of(userId);
  }

  /** Scans every connection. */
  ofOrganization(organizationId: string): Connection[] {
    return [...this.#all].filter(({ caller }) => caller.organizationId === organizationId);
  }

  ofSession(sessionId: string): readonly Connection[] {
    return this.#bySession.of(sessionId);
  }

  /**
   * @throws AppError `unauthenticated`, `token_expired`, `session_revoked`; `limit_reached`;
   * `unavailable` while draining
   */
  async authenticate(token: string | undefined): Promise<VerifiedToken> {
    if (this.#refusing) throw new AppError('unavailable');
    if (!token) throw new AppError('unauthenticated');
    const { verifier, maxPerUser } = this.#options;
    const verified = await verifier.verify(token, { remember: false });
    if (this.ofUser(verified.caller.userId).length >= maxPerUser.max)
      throw new AppError('limit_reached', maxPerUser);
    return verified;
  }

  /**
   * Registers an authenticated connection. Resolves when its user's events reach it.
   * @throws AppError `unavailable` when it has closed meanwhile, or new connections are refused
   */
  async open(connection: Connection): Promise<void> {
    if (this.#refusing) throw new AppError('unavailable');
    const { userId, sessionId } = connection.caller;
    this.#all.add(connection);
    this.#byUser.add(userId, connection);
    this.#bySession.add(sessionId, connection);
    this.#options.tokens.watch(connection);
    await this.#options.rooms.add(connection, userKey(userId));
    await this.#options.prepare(connection);
    if (!this.#all.has(connection)) throw new AppError('unavailable');
    this.#options.presence.open(connection);
  }

  /**
   * Replaces a connection's token with a new one of the same user and session. Answers when it
   * expires.
   * @throws AppError as `authenticate`; `identity_mismatch` for a token of another user or session
   */
  async renew(connection: Connection, token: string): Promise<number> {
    const verified = await this.#options.verifier.verify(token, { remember: false });
    const { userId, sessionId } = connection.caller;
    if (verified.caller.userId !== userId || verified.caller.sessionId !== sessionId)
      throw new AppError('identity_mismatch');
    if (!this.#all.has(connection)) throw new AppError('unavailable');
    connection.renew(verified);
    this.#options.tokens.watch(connection);
    return verified.expiresAt;
  }

  /** The connection has closed, for any reason. May be called repeatedly. */
  closed(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    this.#byUser.remove(connection.caller.userId, connection);
    this.#bySession.remove(connection.caller.sessionId, connection);
    this.#options.tokens.forget(connection);
    this.#options.rooms.removeAll(connection);
    this.#options.watching.closed(connection, this.#refusing);
    this.#options.presence.close(connection);
    this.#options.onClosed(connection, this.ofUser(connection.caller.userId).length === 0);
    if (this.#all.size === 0) this.#onEmpty();
  }

  /** Refuses new connections. Resolves when the last connection has closed. */
  async refuse(): Promise<void> {
    this.#refusing = true;
    if (this.#all.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }
}

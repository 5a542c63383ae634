import { AppError } from '@parley/errors';
import type { TokenVerifier, VerifiedToken } from '@parley/http';
import type { Maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { ConnectionRegistry } from '../connections/connection-registry.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';
import { userKey } from '../subscriptions/keys.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { TokenWatch } from './token-watch.ts';

export interface ConnectionsOptions {
  registry: ConnectionRegistry;
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

/** Authenticates, opens and closes this gateway's connections, over all transports. */
export class Connections {
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    options.verifier.onRevoked((sessionId) => {
      for (const connection of options.registry.ofSession(sessionId)) connection.close('session_revoked');
    });
  }

  /**
   * @throws AppError `unauthenticated`, `token_expired`, `session_revoked`; `limit_reached`;
   * `unavailable` while draining
   */
  async authenticate(token: string | undefined): Promise<VerifiedToken> {
    const { registry, verifier } = this.#options;
    if (registry.refusing) throw new AppError('unavailable');
    if (!token) throw new AppError('unauthenticated');
    const verified = await verifier.verify(token, { remember: false });
    this.#requireRoomFor(verified.caller.userId);
    return verified;
  }

  /**
   * Registers an authenticated connection. Resolves when its user's events reach it.
   * @throws AppError `unavailable` when it has closed meanwhile, or new connections are refused;
   *   `limit_reached` when others of the user have opened since it was authenticated
   */
  async open(connection: Connection): Promise<void> {
    const { registry, tokens, rooms, prepare, presence } = this.#options;
    if (registry.refusing) throw new AppError('unavailable');
    this.#requireRoomFor(connection.caller.userId);
    registry.add(connection);
    tokens.watch(connection);
    await rooms.add(connection, userKey(connection.caller.userId));
    await prepare(connection);
    if (!registry.has(connection)) throw new AppError('unavailable');
    presence.open(connection);
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
    if (!this.#options.registry.has(connection)) throw new AppError('unavailable');
    connection.renew(verified);
    this.#options.tokens.watch(connection);
    return verified.expiresAt;
  }

  #requireRoomFor(userId: string): void {
    const { registry, maxPerUser } = this.#options;
    if (registry.ofUser(userId).length >= maxPerUser.max) throw new AppError('limit_reached', maxPerUser);
  }

  /** The connection has closed, for any reason. May be called repeatedly. */
  closed(connection: Connection): void {
    const { registry, tokens, rooms, watching, presence, onClosed } = this.#options;
    if (!registry.remove(connection)) return;
    tokens.forget(connection);
    rooms.removeAll(connection);
    watching.closed(connection, registry.refusing);
    presence.close(connection);
    onClosed(connection, registry.ofUser(connection.caller.userId).length === 0);
  }
}

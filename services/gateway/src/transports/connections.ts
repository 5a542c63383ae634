import { userKey } from '@parley/backplane';
import { requireConnectionGranted } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLimiter, type Limiter, type VerifiedToken, verifyLimited } from '@parley/http';
import { type Maximum, maximum } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import type { GatewayContext } from '../context.ts';
import type { Following } from '../membership/following.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import type { Presence } from '../presence/presence.ts';
import type { Typists } from '../presence/typists.ts';
import type { Watching } from '../presence/watching.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import { TokenWatch } from './token-watch.ts';

/** Another gateway, or place at this one, is found soon. */
const fullForMs = 1_000;

interface Context extends GatewayContext {
  rooms: SubscriptionTable;
  presence: Presence;
  watching: Watching;
  typists: Typists;
  following: Following;
  userRooms: UserRooms;
}

/** Authenticates, opens and closes this gateway's connections, over all transports. */
export class Connections {
  readonly #context: Context;
  readonly #tokens: TokenWatch;
  readonly #maxPerUser: Maximum;
  readonly #badTokens: Limiter;
  readonly #badRenewals: Limiter;

  constructor(context: Context) {
    const { config, clock, registry, verifier, presence } = context;
    this.#context = context;
    this.#tokens = new TokenWatch({ clock, warningMs: config.TOKEN_WARNING });
    const max = config.MAX_CONNECTIONS_PER_USER;
    this.#maxPerUser = maximum('MAX_CONNECTIONS_PER_USER', max, 'connections per user and gateway');
    const limiter = (...per: string[]) => createLimiter({ setting: 'API_RATE', rate: config.API_RATE, per });
    this.#badTokens = limiter('address');
    this.#badRenewals = limiter('user');
    verifier.onRevoked((sessionId) => {
      for (const connection of registry.ofSession(sessionId)) {
        // The client has logged out and does not come back.
        presence.close(connection, 0);
        connection.close('session_revoked');
      }
    });
  }

  /**
   * Bad tokens count against their network.
   * @param network see `networkOf`
   * @throws AppError `rate_limit`; `unauthenticated`, `token_expired`, `session_revoked`;
   * `limit_reached`; `unavailable` while draining or full
   */
  async authenticate(token: string | undefined, network: string): Promise<VerifiedToken> {
    const { verifier } = this.#context;
    this.#requireRoom();
    if (!token) throw new AppError('unauthenticated');
    const limited = { verifier, limiter: this.#badTokens };
    const verified = await verifyLimited(limited, token, network, { remember: false });
    if (verified.caller.grant) requireConnectionGranted(verified.caller.grant);
    this.#requireRoomFor(verified.caller.userId);
    return verified;
  }

  /**
   * Registers an authenticated connection. Resolves when its user's events reach it.
   * @throws AppError `unavailable` when it has closed meanwhile, or new connections are refused;
   *   `limit_reached` when others of the user have opened since it was authenticated
   */
  async open(connection: Connection): Promise<void> {
    const { registry, rooms, following, presence } = this.#context;
    this.#requireRoom();
    this.#requireRoomFor(connection.caller.userId);
    registry.add(connection);
    this.#tokens.watch(connection);
    await rooms.add(connection, userKey(connection.caller.userId));
    await following.opened(connection);
    if (!registry.has(connection)) throw new AppError('unavailable');
    presence.open(connection);
  }

  /**
   * Replaces a connection's token with a new one of the same user and session. Answers when it
   * expires. Bad tokens count against the user.
   * @throws AppError as `authenticate`; `identity_mismatch` for a token of another user or session
   */
  async renew(connection: Connection, token: string): Promise<number> {
    const { registry, verifier } = this.#context;
    const { userId, sessionId, grant } = connection.caller;
    const limited = { verifier, limiter: this.#badRenewals };
    const verified = await verifyLimited(limited, token, userId, { remember: false });
    const { caller } = verified;
    // A key's token continues with another of the same key, and never with one without limits.
    if (caller.userId !== userId || caller.sessionId !== sessionId || caller.grant?.keyId !== grant?.keyId)
      throw new AppError('identity_mismatch');
    if (caller.grant) requireConnectionGranted(caller.grant);
    if (!registry.has(connection)) throw new AppError('unavailable');
    connection.renew(verified);
    this.#tokens.watch(connection);
    return verified.expiresAt;
  }

  /**
   * The connection has closed, for any reason. May be called repeatedly.
   * @param byClient whether the client itself closed it, so it was there until the end
   */
  closed(connection: Connection, byClient: boolean): void {
    const { registry, rooms, watching, presence, typists, userRooms } = this.#context;
    if (!registry.remove(connection)) return;
    this.#tokens.forget(connection);
    rooms.removeAll(connection);
    watching.closed(connection, { comesBack: registry.refusing, byClient });
    presence.close(connection);
    typists.closed(connection);
    const { userId } = connection.caller;
    if (registry.ofUser(userId).length === 0) userRooms.forget(userId);
  }

  /** Clients that are refused try again, and reach another gateway. */
  #requireRoom(): void {
    const { registry, config } = this.#context;
    if (registry.refusing) throw new AppError('unavailable');
    if (registry.size < config.MAX_CONNECTIONS) return;
    const detail = 'This gateway is full (MAX_CONNECTIONS). Try again.';
    throw new AppError('unavailable', { detail, retryAfterMs: fullForMs });
  }

  #requireRoomFor(userId: string): void {
    if (this.#context.registry.ofUser(userId).length >= this.#maxPerUser.max)
      throw new AppError('limit_reached', this.#maxPerUser);
  }
}

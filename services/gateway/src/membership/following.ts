import { userKey } from '@parley/backplane';
import { AppError } from '@parley/errors';
import { atMost, forEachLimit, pause } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import { errorFrame } from '../connections/error-frame.ts';
import type { GatewayContext } from '../context.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import { receivesAllRooms } from '../dialects/contract-dialects.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { UserRooms } from './user-rooms.ts';

/** A connection opens without its user's rooms when the directory takes longer than this. */
const maxWaitMs = 1_000;
const retryMs = 2_000;
const usersAtOnce = 16;

interface Context extends Pick<GatewayContext, 'logger'> {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  userRooms: UserRooms;
}

/** The rooms of a user whose connection follows them all. */
export interface FollowedRooms {
  roomIds: readonly string[];
  /** Rooms left out, because the connection has reached its limit. */
  unheard: readonly string[];
  /** Whether there are more rooms than these. */
  hasMore: boolean;
}

/**
 * Subscribes connections to what they receive without joining. Loads the user's rooms when the
 * connection opens. If its contract or dialect requires it, also subscribes the connection to all
 * of them, present and future. Direct rooms reach every connection anyway.
 */
export class Following {
  readonly #context: Context;
  readonly #followers = new WeakMap<Connection, Promise<FollowedRooms>>();
  /** Connections that do not receive all rooms, and have been sent an error. */
  readonly #incomplete = new WeakSet<Connection>();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Resolves when the connection receives what it should, or after a second; then it continues in
   * the background. Never rejects.
   */
  async opened(connection: Connection): Promise<void> {
    if (!connection.notificationsOnly) await atMost(maxWaitMs, this.#settle(connection));
  }

  /**
   * Subscribes the connection to all rooms of its user and answers them. Repeated calls return the
   * first answer.
   * @throws AppError `timeout`, `unavailable` when the rooms cannot be loaded; the connection then
   * does not follow
   */
  start(connection: Connection): Promise<FollowedRooms> {
    const started = this.#followers.get(connection);
    if (started !== undefined) return started;
    const starting = this.#followAll(connection);
    this.#followers.set(connection, starting);
    starting.catch(() => this.#followers.delete(connection));
    return starting;
  }

  /**
   * The user became a member of a room.
   * @param isNew the room has no earlier messages
   */
  roomAdded(connection: Connection, roomId: string, isNew: boolean): void {
    if (!this.#followers.has(connection)) return;
    this.#follow(connection, roomId, isNew).catch(() => {
      this.#followers.delete(connection);
      void this.#settle(connection, true);
    });
  }

  /**
   * Reloads all rooms after directory events may have been missed. Resolves when every remaining
   * connection is current.
   */
  async refresh(connections: Iterable<Connection>): Promise<void> {
    const left = [...connections].filter(({ notificationsOnly }) => !notificationsOnly);
    for (const { caller } of left) this.#context.userRooms.forget(caller.userId);
    await forEachLimit(left, usersAtOnce, (connection) =>
      this.#settle(connection, this.#followers.delete(connection)),
    );
  }

  async #settle(connection: Connection, followed = false): Promise<void> {
    const { userId, contract } = connection.caller;
    // An open connection is subscribed to its own user.
    while (this.#context.rooms.isSubscribed(connection, userKey(userId))) {
      try {
        if (followed || receivesAllRooms(contract, connection.dialect)) await this.start(connection);
        else await this.#context.userRooms.load(userId);
        return;
      } catch (error) {
        this.#context.logger.warn({ err: error }, 'failed to load the rooms of a connection; will retry');
        await pause(retryMs, { ref: false });
      }
    }
  }

  async #followAll(connection: Connection): Promise<FollowedRooms> {
    const { userRooms, subscriptions } = this.#context;
    const { roomIds, hasMore } = await userRooms.load(connection.caller.userId);
    subscriptions.followAll(connection);
    const heard = await Promise.all(roomIds.map((roomId) => this.#follow(connection, roomId, false)));
    return {
      roomIds: roomIds.filter((_, index) => heard[index]),
      unheard: roomIds.filter((_, index) => !heard[index]),
      hasMore,
    };
  }

  /**
   * Answers false if the connection has more rooms than it can receive, and sends the client an
   * error, once.
   */
  async #follow(connection: Connection, roomId: string, isNew: boolean): Promise<boolean> {
    const { subscriptions } = this.#context;
    if (await subscriptions.follow(connection, roomId, isNew)) return true;
    if (!this.#incomplete.has(connection))
      connection.send(errorFrame(new AppError('limit_reached', subscriptions.maxRooms)));
    this.#incomplete.add(connection);
    return false;
  }
}

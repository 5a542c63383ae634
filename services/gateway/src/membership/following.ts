import { userKey } from '@parley/backplane';
import { AppError } from '@parley/errors';
import { atMost, forEachLimit, pause } from '@parley/runtime/async';
import type { Connection } from '../connections/connection.ts';
import { errorFrame } from '../connections/error-frame.ts';
import type { GatewayContext } from '../context.ts';
import type { Start } from '../delivery/catch-up.ts';
import type { Subscriptions } from '../delivery/subscriptions.ts';
import { receivesAllRooms } from '../dialects/contract-dialects.ts';
import type { SubscriptionTable } from '../subscriptions/subscription-table.ts';
import type { UserRooms } from './user-rooms.ts';

/** A connection opens without its user's rooms when the directory takes longer than this. */
const maxWaitMs = 1_000;
const retryMs = 2_000;
/** As many as share a question to the directory, which may have two in flight. */
const usersAtOnce = 100;

interface Context extends Pick<GatewayContext, 'logger' | 'clock'> {
  rooms: SubscriptionTable;
  subscriptions: Subscriptions;
  userRooms: UserRooms;
}

/** A connection that has not begun to receive everything that it should. */
interface Opening {
  since: Date;
  /** The client takes the connection for open, so it is to receive everything from then on. */
  isOver: boolean;
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
  /** Connections that follow. Only closing them, or failing to begin, ends it. */
  readonly #followers = new WeakSet<Connection>();
  /** The rooms of each follower, as they were loaded last. */
  readonly #followed = new WeakMap<Connection, Promise<FollowedRooms>>();
  readonly #opening = new WeakMap<Connection, Opening>();
  /** Connections that do not receive all rooms, and have been sent an error. */
  readonly #incomplete = new WeakSet<Connection>();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Resolves when the connection receives what it should, or after a second; then it continues in
   * the background, and sends what the connection should have received since this call. Never
   * rejects.
   */
  async opened(connection: Connection): Promise<void> {
    if (connection.notificationsOnly) return;
    const opening = { since: new Date(this.#context.clock()), isOver: false };
    this.#opening.set(connection, opening);
    const settled = this.#settle(connection).finally(() => {
      if (this.#opening.get(connection) === opening) this.#opening.delete(connection);
    });
    await atMost(maxWaitMs, settled);
    opening.isOver = true;
  }

  /**
   * Subscribes the connection to all rooms of its user and answers them. Repeated calls return the
   * first answer.
   * @throws AppError `timeout`, `unavailable` when the rooms cannot be loaded. A connection that
   * did not follow before does not follow then.
   */
  start(connection: Connection): Promise<FollowedRooms> {
    const known = this.#followed.get(connection);
    if (known !== undefined) return known;
    const isFirst = !this.#followers.has(connection);
    this.#followers.add(connection);
    const starting = this.#followAll(connection);
    this.#followed.set(connection, starting);
    starting.catch(() => {
      // Otherwise another attempt has begun, whose outcome counts.
      if (this.#followed.get(connection) !== starting) return;
      this.#followed.delete(connection);
      if (isFirst) this.#followers.delete(connection);
    });
    return starting;
  }

  /**
   * The user became a member of a room.
   * @param from when; 0 for a room that has no earlier messages
   */
  roomAdded(connection: Connection, roomId: string, from: Start): void {
    if (!this.#followers.has(connection)) return;
    this.#follow(connection, roomId, from).catch(() => void this.refresh([connection]));
  }

  /**
   * Reloads all rooms after directory events may have been missed. Resolves when every remaining
   * connection is current. A failure is retried: connections follow all the same.
   */
  async refresh(connections: Iterable<Connection>): Promise<void> {
    const left = [...connections].filter(({ notificationsOnly }) => !notificationsOnly);
    for (const connection of left) {
      this.#context.userRooms.forget(connection.caller.userId);
      this.#followed.delete(connection);
    }
    await forEachLimit(left, usersAtOnce, (connection) => this.#settle(connection));
  }

  async #settle(connection: Connection): Promise<void> {
    const { userId, contract } = connection.caller;
    // An open connection is subscribed to its own user.
    while (this.#context.rooms.isSubscribed(connection, userKey(userId))) {
      try {
        if (this.#followers.has(connection) || receivesAllRooms(contract, connection.dialect))
          await this.start(connection);
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
    const since = () => {
      const opening = this.#opening.get(connection);
      return opening?.isOver ? opening.since : undefined;
    };
    const heard = await subscriptions.followRooms(connection, roomIds, since);
    if (heard.size < roomIds.length) this.#reportIncomplete(connection);
    return {
      roomIds: roomIds.filter((roomId) => heard.has(roomId)),
      unheard: roomIds.filter((roomId) => !heard.has(roomId)),
      hasMore,
    };
  }

  async #follow(connection: Connection, roomId: string, from: Start): Promise<void> {
    const isHeard = await this.#context.subscriptions.follow(connection, roomId, from);
    if (!isHeard) this.#reportIncomplete(connection);
  }

  /** The connection has more rooms than it can receive. The client learns so once. */
  #reportIncomplete(connection: Connection): void {
    if (!this.#incomplete.has(connection))
      connection.send(errorFrame(new AppError('limit_reached', this.#context.subscriptions.maxRooms)));
    this.#incomplete.add(connection);
  }
}

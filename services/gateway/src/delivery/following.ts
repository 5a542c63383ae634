import { setTimeout as delay } from 'node:timers/promises';
import { atMost, type Logger } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import { receivesAllRooms } from '../dialects/contract-dialects.ts';
import type { UserRooms } from '../membership/user-rooms.ts';
import type { Subscriptions } from './subscriptions.ts';

/** While the directory cannot be asked, a connection opens without the rooms of its user after this time. */
const maxWaitMs = 1_000;
const retryMs = 2_000;
const usersAtOnce = 16;

/**
 * What a connection receives without joining: the rooms of its user become known here as it opens, and where its contract (or its dialect) has that it
 * receives the messages of all of them, also of those to come. Direct rooms reach everyone anyway.
 */
export class Following {
  readonly #subscriptions: Subscriptions;
  readonly #userRooms: UserRooms;
  readonly #isOpen: (connection: Connection) => boolean;
  readonly #logger: Logger;
  readonly #followers = new WeakMap<Connection, Promise<readonly string[]>>();

  constructor(deps: {
    subscriptions: Subscriptions;
    userRooms: UserRooms;
    isOpen: (connection: Connection) => boolean;
    logger: Logger;
  }) {
    this.#subscriptions = deps.subscriptions;
    this.#userRooms = deps.userRooms;
    this.#isOpen = deps.isOpen;
    this.#logger = deps.logger;
  }

  /** Resolves when the connection receives what it should, or after a second; then it is tried until it works. Never rejects. */
  async opened(connection: Connection): Promise<void> {
    if (!connection.notificationsOnly) await atMost(maxWaitMs, this.#settle(connection));
  }

  /**
   * Makes the connection receive all rooms of its user. Answers those that it receives. May be repeated: then it answers what it answered before.
   * @throws AppError `timeout`, `unavailable` when the rooms cannot be learned; the connection does not follow then
   */
  start(connection: Connection): Promise<readonly string[]> {
    const started = this.#followers.get(connection);
    if (started !== undefined) return started;
    const starting = this.#followAll(connection);
    this.#followers.set(connection, starting);
    starting.catch(() => this.#followers.delete(connection));
    return starting;
  }

  /** Its user has come to belong to a room. @param isNew nothing was said there before */
  roomAdded(connection: Connection, roomId: string, isNew: boolean): void {
    if (!this.#followers.has(connection)) return;
    this.#subscriptions.follow(connection, roomId, isNew).catch((error: unknown) => {
      this.#logger.warn({ err: error, roomId }, 'a room that was added is not heard');
    });
  }

  /** Events of the directory were missed: users may belong to other rooms by now. Resolves when all are known again, or nobody is left to ask for. */
  async refresh(connections: Iterable<Connection>): Promise<void> {
    const left = [...connections].filter(({ notificationsOnly }) => !notificationsOnly);
    for (const { caller } of left) this.#userRooms.forget(caller.userId);
    const next = async (): Promise<void> => {
      for (let connection = left.pop(); connection; connection = left.pop()) {
        const followed = this.#followers.delete(connection);
        await this.#settle(connection, followed);
      }
    };
    await Promise.all(Array.from({ length: usersAtOnce }, next));
  }

  async #settle(connection: Connection, followed = false): Promise<void> {
    const { userId, contract } = connection.caller;
    while (this.#isOpen(connection)) {
      try {
        if (followed || receivesAllRooms(contract, connection.dialect)) await this.start(connection);
        else await this.#userRooms.load(userId);
        return;
      } catch (error) {
        this.#logger.warn({ err: error }, 'rooms of a connection cannot be learned yet');
        await delay(retryMs, undefined, { ref: false });
      }
    }
  }

  async #followAll(connection: Connection): Promise<readonly string[]> {
    const roomIds = await this.#userRooms.load(connection.caller.userId);
    this.#subscriptions.followAll(connection);
    const followed = roomIds.slice(0, this.#subscriptions.maxRooms.max);
    await Promise.all(followed.map((roomId) => this.#subscriptions.follow(connection, roomId, false)));
    return followed;
  }
}

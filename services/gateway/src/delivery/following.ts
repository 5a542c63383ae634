import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import type { Memberships } from '../membership/memberships.ts';
import type { Connection } from '../sockets/connection.ts';
import type { Hearing } from './hearing.ts';

/** Connections that hear all rooms of their user, also those to come, without joining each. Direct rooms are heard anyway. */
export class Following {
  readonly #bus: Bus;
  readonly #hearing: Hearing;
  readonly #memberships: Memberships;
  readonly #logger: Logger;
  readonly #followers = new WeakMap<Connection, Promise<readonly string[]>>();

  constructor(deps: { bus: Bus; hearing: Hearing; memberships: Memberships; logger: Logger }) {
    this.#bus = deps.bus;
    this.#hearing = deps.hearing;
    this.#memberships = deps.memberships;
    this.#logger = deps.logger;
  }

  /**
   * Answers the rooms heard when everything that is sent to them arrives. May be repeated: then it answers what it answered before.
   * @throws AppError `timeout`, `unavailable` when the rooms cannot be learned; the connection does not follow then
   */
  start(connection: Connection): Promise<readonly string[]> {
    const started = this.#followers.get(connection);
    if (started !== undefined) return started;
    const starting = this.#hearAll(connection);
    this.#followers.set(connection, starting);
    starting.catch(() => this.#followers.delete(connection));
    return starting;
  }

  /** Its user has come to belong to a room. @param isNew nothing was said there before */
  roomAdded(connection: Connection, roomId: string, isNew: boolean): void {
    if (!this.#followers.has(connection)) return;
    this.#hearing.follow(connection, roomId, isNew).catch((error: unknown) => {
      this.#logger.warn({ err: error, roomId }, 'a room that was added is not heard');
    });
  }

  /** Events of the directory were missed: whoever follows may belong to more rooms by now. */
  refresh(connections: Iterable<Connection>): void {
    for (const connection of connections) {
      if (!this.#followers.delete(connection)) continue;
      this.start(connection).catch((error: unknown) => this.#logger.warn({ err: error }, 'rooms of a connection cannot be learned'));
    }
  }

  async #hearAll(connection: Connection): Promise<readonly string[]> {
    const { userId } = connection.caller;
    const { roomIds } = await ask(this.#bus, calls.getUserRooms, { userId, direct: false });
    // Who was removed while we asked has been evicted already.
    const heard = roomIds.filter((roomId) => !this.#memberships.isOut(roomId, userId)).slice(0, this.#hearing.maxRooms.max);
    await Promise.all(heard.map((roomId) => this.#hearing.follow(connection, roomId, false)));
    return heard;
  }
}

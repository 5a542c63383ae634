import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Cache } from '@parley/runtime';

/** Caches the direct room of each pair of users, which never changes. */
export class DirectRooms {
  readonly #bus: Bus;
  readonly #known = new Cache<string>(100_000);
  /** Questions in flight, by asker and other user. */
  readonly #asking = new Map<string, Promise<string>>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Answers the id of the direct room, creating it on first use. Resolves in the order of calls, so
   * waiting messages keep their order.
   * @throws AppError `self_reference`, `user_not_found`, `blocked`; `timeout`, `unavailable`
   */
  open(userId: string, otherId: string): Promise<string> {
    const pair = userId < otherId ? `${userId} ${otherId}` : `${otherId} ${userId}`;
    const known = this.#known.get(pair);
    if (known) return Promise.resolve(known);
    const question = `${userId} ${otherId}`;
    const asking =
      this.#asking.get(question) ??
      this.#ask(userId, otherId, pair).finally(() => this.#asking.delete(question));
    this.#asking.set(question, asking);
    return asking;
  }

  async #ask(userId: string, otherId: string, pair: string): Promise<string> {
    const { room } = await ask(this.#bus, calls.openDirectRoom, { userId, otherId });
    this.#known.set(pair, room.id);
    return room.id;
  }
}

import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { LRUCache } from 'lru-cache';

/** The direct rooms of pairs of people: once made, a pair's room is always the same. */
export class DirectRooms {
  readonly #bus: Bus;
  readonly #known = new LRUCache<string, string>({ max: 100_000 });
  /** Asked for at this moment, by who asks whom. */
  readonly #asking = new Map<string, Promise<string>>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * The id of their room, which is made on first use. Resolves in the order of the calls: messages that wait for it keep theirs.
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

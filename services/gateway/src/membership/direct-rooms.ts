import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { LRUCache } from 'lru-cache';

/** The direct rooms of pairs of people: once made, a pair's room is always the same. */
export class DirectRooms {
  readonly #bus: Bus;
  readonly #known = new LRUCache<string, string>({ max: 100_000 });

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** The id of their room, which is made on first use. @throws AppError `self_reference`, `user_not_found`, `blocked`; `timeout`, `unavailable` */
  async open(userId: string, otherId: string): Promise<string> {
    const pair = userId < otherId ? `${userId} ${otherId}` : `${otherId} ${userId}`;
    const known = this.#known.get(pair);
    if (known) return known;
    const { room } = await ask(this.#bus, calls.openDirectRoom, { userId, otherId });
    this.#known.set(pair, room.id);
    return room.id;
  }
}

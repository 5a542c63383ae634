import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { Cache } from '@parley/runtime';

/** Caches the two people of each direct room, who never change. */
export class DirectPeople {
  readonly #bus: Bus;
  readonly #known = new Cache<string[]>(50_000);

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * The people of the room other than that user.
   * @throws AppError `timeout`, `unavailable`
   */
  async others(roomId: string, userId: string): Promise<string[]> {
    const known = this.#known.get(roomId) ?? (await this.#ask(roomId));
    return known.filter((id) => id !== userId);
  }

  async #ask(roomId: string): Promise<string[]> {
    const { members } = await ask(this.#bus, calls.getRoomMembers, { roomId, limit: 2 });
    const people = members.map((member) => member.userId);
    if (people.length === 2) this.#known.set(roomId, people);
    return people;
  }
}

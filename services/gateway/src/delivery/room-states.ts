import { isUserKey, roomIdOf } from '@parley/backplane';

/**
 * Remembers a state of each room that arrives under a key: one room under its own key, and any
 * number of direct rooms under the key of a user. A room under its own key costs one entry.
 */
export class RoomStates<State> {
  readonly #ofRooms = new Map<string, State>();
  readonly #ofUsers = new Map<string, Map<string, State>>();

  get(key: string, roomId: string): State | undefined {
    return isUserKey(key) ? this.#ofUsers.get(key)?.get(roomId) : this.#ofRooms.get(key);
  }

  set(key: string, roomId: string, state: State): void {
    if (!isUserKey(key)) this.#ofRooms.set(key, state);
    else this.#ofUsers.set(key, (this.#ofUsers.get(key) ?? new Map<string, State>()).set(roomId, state));
  }

  /** Removes and answers the oldest room of a key that has more than `max`. */
  takeBeyond(max: number, key: string): State | undefined {
    const states = this.#ofUsers.get(key);
    const [oldest] = states && states.size > max ? states : [];
    if (oldest) states?.delete(oldest[0]);
    return oldest?.[1];
  }

  /** Removes and answers all rooms of a key. */
  take(key: string): State[] {
    const ofRoom = this.#ofRooms.get(key);
    const states = ofRoom === undefined ? [...(this.#ofUsers.get(key)?.values() ?? [])] : [ofRoom];
    this.#ofRooms.delete(key);
    this.#ofUsers.delete(key);
    return states;
  }

  keys(): string[] {
    return [...this.#ofRooms.keys(), ...this.#ofUsers.keys()];
  }

  /** May be used while rooms come and go. */
  *rooms(): Iterable<[key: string, roomId: string]> {
    for (const key of this.#ofRooms.keys()) yield [key, roomIdOf(key)];
    for (const [key, states] of this.#ofUsers) for (const roomId of states.keys()) yield [key, roomId];
  }
}

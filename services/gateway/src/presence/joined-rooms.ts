import type { RoomState } from '@parley/contracts';

export type WatchedRoom = Pick<RoomState, 'id' | 'kind' | 'memberCount'>;

/** The rooms that a connection has joined, in the order in which they were last used. */
export class JoinedRooms {
  readonly #rooms = new Map<string, WatchedRoom>();

  get size(): number {
    return this.#rooms.size;
  }

  find(roomId: string): WatchedRoom | undefined {
    return this.#rooms.get(roomId);
  }

  /** Joins the room, or uses it again. */
  use(room: WatchedRoom): void {
    this.#rooms.delete(room.id);
    this.#rooms.set(room.id, room);
  }

  /** Answers whether the connection had joined it. */
  leave(roomId: string): boolean {
    return this.#rooms.delete(roomId);
  }

  /** The rooms that were used last. */
  latest(max: number): WatchedRoom[] {
    return [...this.#rooms.values()].slice(-max);
  }
}
